using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Passes;

namespace GrokPipeline.Training.Models;

/// <summary>
/// A function from rows to logits, as a graph, with the parameters that it has.
/// </summary>
public abstract record Model
{
    /// <summary>The models that a pipeline file may name: from options to a model for a dataset.</summary>
    public static Catalogue<Func<DatasetFacts, Model>> All { get; } = new("model")
    {
        { "mlp", (MlpOptions options) => facts => new Mlp(options, facts) },
        { "linear", (LinearOptions options) => facts => new Linear(options, facts) },
        { "fixed_readout", (FixedReadoutOptions options) => facts => new FixedReadout(options, facts) },
        { "gaussian_process", (GaussianProcessOptions options) => facts => new GaussianProcess(options, facts) },
        { "transformer", (TransformerOptions options) => facts => new Transformer(options, facts) },
    };

    /// <summary>The parameters in their order at the port; names are unique.</summary>
    public abstract ImmutableArray<ParameterSpec> Parameters { get; }

    /// <summary>What it reads: <c>tokens</c>, <c>operands</c> or <c>features</c>.</summary>
    public abstract string InputName { get; }

    /// <summary>
    /// How many logits a row gets, or each token of its answer: one for each class, or, with real targets, the outputs themselves.
    /// </summary>
    public abstract int Classes { get; }

    /// <summary>What its logits are compared with. Default classes.</summary>
    public virtual TargetKind Target => TargetKind.Classes;

    /// <summary>How many tokens of an answer it gives logits for; 1 but for answers of several tokens.</summary>
    public virtual int Answers => 1;

    /// <summary>True for a model that steps along the gradient of a loss do not train: <see cref="TrainStep"/> refuses it.</summary>
    public virtual bool HasOwnTrainer => false;

    /// <summary>
    /// The degree L of a model that is homogeneous in all parameters together, f(c·θ) = c^L · f(θ) for c > 0; null for one that is not.
    /// </summary>
    public virtual int? Degree => null;

    /// <summary>Builds the forward computation for a number of rows. Nothing in it but shapes depends on that number.</summary>
    /// <param name="batch">Rows, at least 1.</param>
    public abstract ModelGraph Build(int batch);

    /// <summary>What is known of the input's columns, for <see cref="SharedRows"/>; empty when it is no index input.</summary>
    public virtual ImmutableArray<IndexColumn> Columns => [];

    /// <summary>
    /// The same logits with less work (<see cref="SharedRows"/>): what training and scoring compute. Activations are not to be had of it.
    /// </summary>
    /// <param name="batch">Rows, at least 1.</param>
    public ModelGraph BuildShared(int batch)
    {
        var plain = Build(batch);
        return Columns.IsEmpty ? plain : plain with { Logits = SharedRows.Apply(plain.Logits, plain.Input, Columns) };
    }

    /// <summary>The first values of all parameters: a pure function of the seed and the parameters' names.</summary>
    public ImmutableSortedDictionary<string, Tensor> Initialize(Seed seed) =>
        Parameters.ToImmutableSortedDictionary(spec => spec.Name, spec => spec.Draw(seed), StringComparer.Ordinal);

    /// <summary>The type of the target of a number of rows: Int64[rows], Int64[rows, T] for answers of T tokens, or
    /// Float32[rows, outputs] for real targets.</summary>
    public TensorType TargetType(int rows) =>
        Target == TargetKind.Real ? TensorType.Float32([rows, Classes]) : TensorType.Int64(Answers == 1 ? [rows] : [rows, Answers]);

    /// <summary>How many numbers are trained.</summary>
    public long ParameterCount() => Parameters.Where(spec => !spec.IsFixed).Sum(spec => (long)spec.Shape.Count);
}

/// <summary>A model built for a number of rows.</summary>
/// <param name="Input">The rows, batch first.</param>
/// <param name="Parameters">The parameters as inputs, in the model's order.</param>
/// <param name="Logits">Float32[batch, classes], with T answers Float32[batch, T, classes]; named <c>logits</c>. Intermediate values below it carry activation names.</param>
public sealed record ModelGraph(Value Input, ImmutableArray<Value> Parameters, Value Logits)
{
    /// <summary>
    /// Further values to look at under names of their own: what costs more than the model itself (each head's output), and other names of
    /// what is there. Nothing of them is built or computed unless it is asked for.
    /// </summary>
    public ImmutableArray<ModelProbe> Probes { get; init; } = [];

    /// <summary>The names that <see cref="ToGraph"/> knows, in the order of computation; those of <see cref="Probes"/> last.</summary>
    public IEnumerable<string> Names() =>
        Activations().Select(value => value.Name!).Concat(Probes.Select(probe => probe.Name));      // not null: activations are named

    /// <summary>The values with activation names (<c>embed</c>, <c>blocks.0.attn.pattern</c>), in the order of computation.</summary>
    public IEnumerable<Value> Activations() =>
        Topology.Of(Logits).Where(value => !value.IsInput && value.Name is not null && value != Logits);

    /// <summary>The inference graph: rows and parameters in, logits and some activations out.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="alsoOutputs">Names of activations and probes to give out besides the logits; none when null.</param>
    /// <exception cref="GrokException">An activation is unknown; the message suggests the nearest name.</exception>
    public Graph ToGraph(string name, IEnumerable<string>? alsoOutputs = null)
    {
        var outputs = new List<GraphOutput> { new("logits", Logits) };
        var known = Activations().Select(value => new ModelProbe(value.Name!, () => value)).Concat(Probes)       // not null, as above
            .ToDictionary(probe => probe.Name, StringComparer.Ordinal);
        foreach (var wanted in alsoOutputs ?? [])
        {
            outputs.Add(known.TryGetValue(wanted, out var probe) ? new(wanted, probe.Build()) : throw new GrokException(
                $"The model has no activation named '{wanted}'.{Spelling.Suggestion(wanted, known.Keys)}",
                $"Use one of: {string.Join(", ", Names())}."));
        }
        return Graph.Of(name, [Input, .. Parameters], outputs);
    }
}

/// <summary>A value to look at that is no part of the model's own computation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Build">Builds it, batch first; its shape may be too large for a batch at which the model itself fits.</param>
public sealed record ModelProbe(string Name, Func<Value> Build);
