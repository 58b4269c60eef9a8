using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe probe judge</c>.</summary>
internal sealed class ProbeJudgeCommand : Verb
{
    private readonly Argument<string[]> _experiments = new("EXP")
    {
        Description = "Experiments that generalized and were probed at several checkpoints.", Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _controls = new("--controls")
    {
        Description = "Experiments that never generalized, probed in the same way.", HelpName = "EXP", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> _out = new("--out") { Description = "Write the table to this Parquet file.", HelpName = "FILE" };

    /// <inheritdoc/>
    public override string Name => "judge";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Say which measures moved before a model generalized, and whether they move without.")
        {
            _experiments, _controls, _out,
        };
        Arguments.RefuseOptions(command, _experiments);
        command.SetAction(parsed => line.Guard("probe", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var store = Tools.Create().Store;
        var judged = ProgressJudging.Of(
            store, (invocation.Parsed.GetValue(_experiments) ?? []).Select(ModelPath.Folder),
            (invocation.Parsed.GetValue(_controls) ?? []).Select(ModelPath.Folder));
        if (invocation.Parsed.GetValue(_out) is { } file) { store.Write(file, ProgressJudging.ToTable(judged)); }
        var document = new JsonObject { ["measures"] = new JsonArray([.. judged.Select(measure => (JsonNode)Json(measure))]) };
        return invocation.Answer("probe", document, output =>
        {
            foreach (var experiment in judged.GroupBy(measure => (measure.Experiment, measure.GeneralizationStep)))
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{experiment.Key.Experiment}: generalized at {experiment.Key.GeneralizationStep:N0}"));
                output.WriteLine($"  {"measure",-64}  {"direction",-9}  {"onset",9}  {"lead",9}  {"ratio",6}  {"monotone",8}  {"verdict",-10}  false alarms");
                foreach (var measure in experiment.OrderByDescending(m => m.Measure.Lead ?? long.MinValue)) { output.WriteLine(Line(measure)); }
            }
        });
    }

    private static string Line(JudgedMeasure judged)
    {
        var m = judged.Measure;
        var ratio = m.OnsetStep is { } onset ? judged.GeneralizationStep / (double?)Math.Max(1, onset) : null;
        var missing = m.Controls.Length - m.Measured;
        var alarms = m.Controls.Length == 0 || m.OnsetStep is null ? "–" : $"{m.FalseAlarms} of {m.Measured}" + (missing > 0 ? $" ({missing} not measured)" : "");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  {Label(m),-64}  {m.Direction,-9}  {m.OnsetStep,9:N0}  {m.Lead,9:N0}  {ratio,6:0.00}  {m.Monotonicity,8:0.00}  {m.Verdict,-10}  {alarms}");
    }

    private static string Label(Evaluation.Progress.ProgressJudgement m) => $"{m.Curve.Probe} {m.Curve.Target} {m.Curve.Name}";

    private static JsonObject Json(JudgedMeasure judged)
    {
        var m = judged.Measure;
        return new JsonObject
        {
            ["experiment"] = judged.Experiment,
            ["generalization_step"] = judged.GeneralizationStep,
            ["probe"] = m.Curve.Probe,
            ["target"] = m.Curve.Target,
            ["name"] = m.Curve.Name,
            ["direction"] = m.Direction,
            ["baseline"] = Messages.Number(m.Baseline),
            ["final"] = Messages.Number(m.Final),
            ["onset_step"] = m.OnsetStep,
            ["before_onset"] = m.BeforeOnset,
            ["lead_steps"] = m.Lead,
            ["lead_log_ratio"] = m.LogRatio,
            ["monotonicity"] = m.Monotonicity,
            ["verdict"] = m.Verdict,
            ["controls"] = new JsonObject(m.Controls.Select(control => KeyValuePair.Create(
                control.Name, (JsonNode?)new JsonObject { ["measured"] = control.IsMeasured, ["alarm_step"] = control.Step }))),
        };
    }
}
