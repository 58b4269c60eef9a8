using System.Globalization;

namespace GrokPipeline.Runs;

/// <summary>What the folders and files of an experiment are called.</summary>
internal static class RunLayout
{
    /// <summary>The folder of checkpoints.</summary>
    public const string Checkpoints = "checkpoints";

    /// <summary>The file of a checkpoint's parameters.</summary>
    public const string Parameters = "model.safetensors";

    /// <summary>The folder of the table of metrics.</summary>
    public const string Metrics = "metrics";

    /// <summary>The table of what training measured at each evaluation.</summary>
    public const string MetricsTable = "metrics.parquet";

    /// <summary>The folder of exported files.</summary>
    public const string Onnx = "onnx";

    /// <summary>The list of exported files, with how each compared with the training engine.</summary>
    public const string Parity = "parity.json";

    /// <summary>The folder of scores.</summary>
    public const string Evaluation = "evaluation";

    /// <summary>The table of scores.</summary>
    public const string Scores = "evaluation.parquet";

    /// <summary>The table of scores of checkpoints one after another.</summary>
    public const string Trajectory = "trajectory.parquet";

    /// <summary>The table of the steps from which distributions are generalized to.</summary>
    public const string Generalization = "generalization.parquet";

    /// <summary>The table of how far distributions are from train.</summary>
    public const string Shifts = "shifts.parquet";

    /// <summary>The table of what models said about each row.</summary>
    public const string Predictions = "predictions.parquet";

    /// <summary>The folder of what probes found.</summary>
    public const string Probes = "probes";

    /// <summary>The table of what probes found.</summary>
    public const string Findings = "probes.parquet";

    /// <summary>The folder of the report.</summary>
    public const string Report = "report";

    /// <summary>The table of the time of grokking by each definition.</summary>
    public const string GrokkingTimes = "grokking_times.parquet";

    /// <summary>The table of what rules would have saved that stop early, and what they would have cost.</summary>
    public const string StoppingRules = "stopping_rules.parquet";

    /// <summary>The name of a step's files, without an ending: <c>step-00001840</c>.</summary>
    /// <param name="step">The step, from 0.</param>
    public static string StepName(long step) => string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}");
}
