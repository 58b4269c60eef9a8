using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Passes;

namespace GrokPipeline.Probes;

/// <summary>A model on some rows, compiled once, whose activations can be replaced.</summary>
internal sealed class AblatedModel : IDisposable
{
    private readonly ProbeContext _context;
    private readonly int[] _targets;
    private readonly ISession _session;
    private readonly Tensor _logits;
    private readonly Dictionary<string, Tensor> _activations = new(StringComparer.Ordinal);

    /// <summary>Compiles the model and writes the checkpoint's parameters and the rows.</summary>
    /// <param name="context">What is probed.</param>
    /// <param name="rows">Indices of the rows that are scored.</param>
    /// <param name="probe">The probe's kind, for messages.</param>
    /// <param name="choose">Which of the model's activations may change.</param>
    /// <exception cref="GrokException">There is no model or engine, or no such activation.</exception>
    public AblatedModel(ProbeContext context, int[] rows, string probe, Func<IReadOnlyList<string>, IReadOnlyList<string>> choose)
    {
        var (model, compile) = Engine.Of(context, probe);
        (_context, _targets) = (context, RowSample.Targets(context, rows));
        var built = model.Build(rows.Length);
        Names = choose([.. built.Activations().Select(value => value.Name!)]);               // all of them are named
        var graph = Interventions.Apply(built.ToGraph("ablated", Names), Names);
        _session = compile(graph);
        _logits = new Tensor(TensorType.Float32([rows.Length, model.Classes]));
        foreach (var (name, tensor) in context.Checkpoint.Parameters.Where(pair => graph.InputType(pair.Key) is not null))
        {
            _session.Write(name, tensor);
        }
        _session.Write(model.InputName, Engine.Input(context, model, rows));
        foreach (var name in Names)
        {
            Write(name, new bool[ShapeOf(name, graph).Count], [], graph.InputType(Interventions.Keep(name))!.Value);
        }
        _session.Run();
        foreach (var name in Names)
        {
            var taken = new Tensor(graph.OutputType(name)!.Value);                             // it is an output: asked for above
            _session.Read(name, taken);
            _activations[name] = taken;
        }
    }

    /// <summary>The activations that may change, in the order of computation.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The shape of one row's part of an activation.</summary>
    public TensorShape ShapeOf(string name) => _activations[name].Shape.Without(0);

    /// <summary>Loss and accuracy of the whole model.</summary>
    public (double Loss, double Accuracy) Score()
    {
        _session.Run();
        _session.Read(ProbedCheckpoint.Logits, _logits);
        return ScoredRows.Mean(_context.Loss, _logits.AsSpan<float>(), _targets, _logits.Shape[1]);
    }

    /// <summary>The same with some elements of an activation at zero or at their mean over the rows.</summary>
    /// <param name="name">The activation.</param>
    /// <param name="removed">For each element of one row's part whether it is replaced.</param>
    /// <param name="useMean">Whether by the mean.</param>
    public (double Loss, double Accuracy) Without(string name, bool[] removed, bool useMean)
    {
        var type = TensorType.Float32(_activations[name].Shape.With(0, 1));
        Write(name, removed, useMean ? Means(name) : [], type);
        var scores = Score();
        Write(name, new bool[removed.Length], [], type);
        return scores;
    }

    /// <summary>
    /// The neurons (elements along the last axis) whose variance over rows, summed over positions, is largest; ties to the first.
    /// </summary>
    public HashSet<int> MostVarying(string name, int count)
    {
        var (values, means, width) = (_activations[name].AsSpan<float>().ToArray(), Means(name), _activations[name].Shape[-1]);
        var variances = new double[width];
        for (var i = 0; i < values.Length; i++)
        {
            var centred = values[i] - means[i % means.Length];
            variances[i % width] += centred * centred;
        }
        return [.. Enumerable.Range(0, width).OrderByDescending(n => variances[n]).ThenBy(n => n).Take(count)];
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static TensorShape ShapeOf(string name, Graph graph) =>
        graph.InputType(Interventions.Keep(name))!.Value.Shape;   // added for each name

    private double[] Means(string name)
    {
        var values = _activations[name].AsSpan<float>();
        var means = new double[ShapeOf(name).Count];
        for (var i = 0; i < values.Length; i++) { means[i % means.Length] += values[i]; }
        for (var i = 0; i < means.Length; i++) { means[i] = means[i] * means.Length / values.Length; }
        return means;
    }

    private void Write(string name, bool[] removed, double[] means, TensorType type)
    {
        var (keep, set) = (new Tensor(type), new Tensor(type));
        for (var i = 0; i < removed.Length; i++)
        {
            keep.AsSpan<float>()[i] = removed[i] ? 0 : 1;
            set.AsSpan<float>()[i] = removed[i] && means.Length > 0 ? (float)means[i] : 0;
        }
        _session.Write(Interventions.Keep(name), keep);
        _session.Write(Interventions.Set(name), set);
    }
}
