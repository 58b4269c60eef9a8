using System.Collections.Immutable;
using GrokPipeline.Testing.Samples;

namespace GrokPipeline.Testing;

/// <summary>Named graphs that together use every operator, and compositions of them. What runs them all runs a training.</summary>
public static class OpSamples
{
    /// <summary>Every sample by its name; those of single operators also as <c>… gradient</c>.</summary>
    public static ImmutableSortedDictionary<string, OpSample> All { get; } = Build();

    /// <summary>The sample of a name.</summary>
    public static OpSample Find(string name) => All[name];

    private static ImmutableSortedDictionary<string, OpSample> Build()
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, OpSample>(StringComparer.Ordinal);
        foreach (var (name, sample) in ElementwiseSamples.All.Concat(MovementSamples.All).Concat(ProductSamples.All).Concat(RowSamples.All))
        {
            all.Add(name, sample);
            if (sample.Graph.Outputs.Any(output => output.Value.Type.Element.IsFloat())
                && sample.Graph.Inputs.Any(input => input.Type.Element.IsFloat()))
            {
                all.Add($"{name} gradient", sample.WithGradients());
            }
        }
        foreach (var (name, sample) in PortSamples.All) { all.Add(name, sample); }
        all.Add("mlp training step", MlpSample.Make());
        all.Add("transformer training step", TransformerSample.Make());
        return all.ToImmutable();
    }
}
