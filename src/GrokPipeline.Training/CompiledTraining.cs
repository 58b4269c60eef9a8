using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training.Measures;

namespace GrokPipeline.Training;

/// <summary>The graphs of a training: two, and a third where an activation is followed. Seed, learning rate, decay, schedule and number of steps are in neither.</summary>
public sealed class TrainingGraphs
{
    private TrainingGraphs(TrainStep step, Graph score, Graph? features)
    {
        (Step, Score, Features) = (step, score, features);
        Identity = GraphText.Of(step.Graph) + GraphText.Of(score) + (features is null ? "" : GraphText.Of(features));
    }

    /// <summary>One step.</summary>
    public TrainStep Step { get; }

    /// <summary>The logits of some rows.</summary>
    public Graph Score { get; }

    /// <summary>The same rows' activation that <c>feature_change</c> reads, as the last output; null when it is not asked for.</summary>
    public Graph? Features { get; }

    /// <summary>Text that is equal for two plans exactly when the same compiled graphs serve both.</summary>
    public string Identity { get; }

    /// <summary>The graphs of a plan.</summary>
    /// <exception cref="GrokException">The model has no activation of the name that <c>feature_change</c> reads.</exception>
    public static TrainingGraphs Of(TrainingPlan plan) => new(
        StepOf(plan), plan.Model.BuildShared(EncodedRows.ScoreBatchOf(plan)).ToGraph("score"),
        plan.Further.Contains(FurtherMetrics.FeatureChange)
            ? plan.Model.Build(EncodedRows.ScoreBatchOf(plan)).ToGraph("features", [plan.FeatureLayer])
            : null);

    /// <summary>The step of a plan.</summary>
    internal static TrainStep StepOf(TrainingPlan plan) => TrainStep.Of(
        plan.Model, plan.BatchSize ?? plan.Train.Rows, plan.Optimizer, plan.Loss,
        noise: plan.Noise,
        penalty: plan.Penalty,
        further: plan.Further.Contains(FurtherMetrics.ScalingCosine) ? [StepScalar.GradientDotParameters, StepScalar.ParameterNorm] : null);
}

/// <summary>
/// The graphs of a training, ready to run, with their memory. Trainings of equal graphs may use it one after another: each writes all
/// inputs anew, so that nothing of one reaches the next. Serves one thread at a time.
/// </summary>
public sealed class CompiledTraining : IDisposable
{
    /// <summary>Compiles the graphs.</summary>
    /// <param name="graphs">What to compile.</param>
    /// <param name="compile">The engine; sessions are disposed of with this.</param>
    /// <exception cref="GrokException">The engine refuses a graph, or memory is short.</exception>
    public CompiledTraining(TrainingGraphs graphs, Func<Graph, ISession> compile)
    {
        Graphs = graphs;
        Session = compile(graphs.Step.Graph);
        try
        {
            Scoring = compile(graphs.Score);
            Features = graphs.Features is { } features ? compile(features) : null;
        }
        catch
        {
            Session.Dispose();
            Scoring?.Dispose();
            throw;
        }
    }

    /// <summary>What was compiled.</summary>
    public TrainingGraphs Graphs { get; }

    /// <summary>The step.</summary>
    internal ISession Session { get; }

    /// <summary>The scoring.</summary>
    internal ISession Scoring { get; }

    /// <summary>The activation that is followed; null when none is.</summary>
    internal ISession? Features { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        Scoring.Dispose();
        Features?.Dispose();
    }
}
