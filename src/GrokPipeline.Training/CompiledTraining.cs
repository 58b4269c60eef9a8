using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Training;

/// <summary>The two graphs of a training. Seed, learning rate, decay, schedule and number of steps are in neither.</summary>
public sealed class TrainingGraphs
{
    private TrainingGraphs(TrainStep step, Graph score)
    {
        (Step, Score) = (step, score);
        Identity = GraphText.Of(step.Graph) + GraphText.Of(score);
    }

    /// <summary>One step.</summary>
    public TrainStep Step { get; }

    /// <summary>The logits of some rows.</summary>
    public Graph Score { get; }

    /// <summary>Text that is equal for two plans exactly when the same compiled graphs serve both.</summary>
    public string Identity { get; }

    /// <summary>The graphs of a plan.</summary>
    public static TrainingGraphs Of(TrainingPlan plan) => new(
        TrainStep.Of(plan.Model, plan.BatchSize ?? plan.Train.Rows, plan.Optimizer, plan.Loss, noise: plan.Noise),
        plan.Model.BuildShared(EncodedRows.ScoreBatchOf(plan)).ToGraph("score"));
}

/// <summary>
/// The graphs of a training, ready to run, with their memory. Trainings of equal graphs may use it one after another: each writes all
/// inputs anew, so that nothing of one reaches the next. Serves one thread at a time.
/// </summary>
public sealed class CompiledTraining : IDisposable
{
    /// <summary>Compiles both graphs.</summary>
    /// <param name="graphs">What to compile.</param>
    /// <param name="compile">The engine; sessions are disposed of with this.</param>
    /// <exception cref="GrokException">The engine refuses a graph, or memory is short.</exception>
    public CompiledTraining(TrainingGraphs graphs, Func<Graph, ISession> compile)
    {
        Graphs = graphs;
        Session = compile(graphs.Step.Graph);
        try { Scoring = compile(graphs.Score); }
        catch
        {
            Session.Dispose();
            throw;
        }
    }

    /// <summary>What was compiled.</summary>
    public TrainingGraphs Graphs { get; }

    /// <summary>The step.</summary>
    internal ISession Session { get; }

    /// <summary>The scoring.</summary>
    internal ISession Scoring { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        Scoring.Dispose();
    }
}
