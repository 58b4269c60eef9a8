using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// The compiled graphs of one thread, the last used first. Members come in an order in which neighbours mostly differ in seed and decay,
/// which are in no graph, so that a few are enough.
/// </summary>
internal sealed class Workbench : IDisposable
{
    private const int Kept = 4;
    private readonly List<(string Engine, CompiledTraining Graphs)> _compiled = [];

    /// <summary>The compiled graphs of a plan.</summary>
    /// <exception cref="GrokException">The engine refuses a graph, or memory is short.</exception>
    public CompiledTraining Compiled(TrainingPlan plan, IEngine engine)
    {
        var graphs = TrainingGraphs.Of(plan);
        var at = _compiled.FindIndex(other => other.Engine == engine.Facts.Name && other.Graphs.Graphs.Identity == graphs.Identity);
        if (at >= 0)
        {
            var found = _compiled[at];
            _compiled.RemoveAt(at);
            _compiled.Insert(0, found);
            return found.Graphs;
        }
        while (_compiled.Count >= Kept) { Drop(_compiled.Count - 1); }
        var made = new CompiledTraining(graphs, graph => engine.Compile(graph, new CompileOptions { Threads = 1 }));
        _compiled.Insert(0, (engine.Facts.Name, made));
        return made;
    }

    /// <summary>Lets all go: after a failure nobody knows what state they are in, and memory may be short.</summary>
    public void Clear()
    {
        while (_compiled.Count > 0) { Drop(_compiled.Count - 1); }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private void Drop(int at)
    {
        _compiled[at].Graphs.Dispose();
        _compiled.RemoveAt(at);
    }
}
