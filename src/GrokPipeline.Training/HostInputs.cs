using System.Collections.Immutable;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Training;

/// <summary>
/// Writes <see cref="FedInput"/>s. Number i of step t is a pure function of (seed, name, t, i): a training that was interrupted goes on
/// with the same numbers, and another engine sees them too. What depends on the parameters is computed from those of the session. Nothing
/// is allocated per step.
/// </summary>
internal sealed class HostInputs
{
    private readonly ImmutableArray<(FedInput Input, Tensor Tensor, RandomStream Stream)> _random;
    private readonly ImmutableArray<(FedInput Input, Tensor Tensor)> _fixed;
    private readonly ImmutableArray<(FedInput Input, Tensor Values, Tensor Gradient, EntropyGradient Entropy)> _entropies;

    /// <summary>Prepares the inputs of a step.</summary>
    /// <param name="step">Whose inputs are written.</param>
    /// <param name="seed">The training's seed.</param>
    /// <param name="first">Gives the parameters at step 0; asked only when an input needs them.</param>
    public HostInputs(TrainStep step, Seed seed, Func<ImmutableSortedDictionary<string, Tensor>> first)
        : this(step.Fed, seed, () => first().RemoveRange(step.Model.Parameters.Where(spec => spec.IsFixed).Select(spec => spec.Name)))
    {
    }

    /// <summary>Prepares some inputs.</summary>
    internal HostInputs(ImmutableArray<FedInput> inputs, Seed seed, Func<ImmutableSortedDictionary<string, Tensor>> first)
    {
        _random = [.. inputs.Where(input => input.IsRandom)
            .Select(input => (input, new Tensor(input.Type), seed.Derive($"step/{input.Name}").Stream()))];
        _entropies = [.. inputs.Where(input => input.Kind == FedKind.EntropyGradient)
            .Select(input => (input, new Tensor(input.Type), new Tensor(input.Type), new EntropyGradient(input.Type.Shape)))];
        ImmutableArray<FedInput> known = [.. inputs.Where(input => input.Kind is FedKind.FirstValues or FedKind.FirstNorm)];
        var values = known.IsEmpty ? null : first();
        _fixed = [.. known.Select(input => (input, First(input, values!)))];            // not null: there is an input that needs them
    }

    /// <summary>Writes what stays.</summary>
    public void Begin(ISession session)
    {
        foreach (var (input, tensor) in _fixed) { session.Write(input.Name, tensor); }
    }

    /// <summary>Draws, computes and writes what belongs to one step.</summary>
    /// <param name="session">The compiled step, which holds the parameters before it.</param>
    /// <param name="step">The step, from 0.</param>
    public void Feed(ISession session, long step)
    {
        foreach (var (input, tensor, stream) in _random)
        {
            var values = tensor.AsSpan<float>();
            if (input.Kind == FedKind.Normal)
            {
                stream.Seek((ulong)step * (ulong)values.Length);                        // a normal number takes one block of two words
                foreach (ref var value in values) { value = (float)stream.NextNormal(); }
            }
            else
            {
                stream.Seek((ulong)step * (ulong)((values.Length + 1) / 2));
                var kept = (float)(1 / (1 - input.Rate));
                foreach (ref var value in values) { value = stream.NextUniform() < input.Rate ? 0 : kept; }
            }
            session.Write(input.Name, tensor);
        }
        foreach (var (input, values, gradient, entropy) in _entropies)
        {
            session.Read(input.Parameter, values);
            entropy.Of(values.AsSpan<float>(), gradient.AsSpan<float>());
            session.Write(input.Name, gradient);
        }
    }

    private static Tensor First(FedInput input, ImmutableSortedDictionary<string, Tensor> values)
    {
        if (input.Kind == FedKind.FirstValues) { return values[input.Parameter]; }
        var squares = 0.0;
        foreach (var (name, tensor) in values)
        {
            if (input.Parameter.Length > 0 && name != input.Parameter) { continue; }
            foreach (var value in tensor.AsSpan<float>()) { squares += (double)value * value; }
        }
        return Tensor.Scalar((float)Math.Sqrt(squares));
    }
}
