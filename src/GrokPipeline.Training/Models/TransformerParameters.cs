using System.Collections.Immutable;

namespace GrokPipeline.Training.Models;

/// <summary>The parameters of a transformer: names, shapes and first values, in the order of the port.</summary>
/// <param name="options">Its options.</param>
/// <param name="symbols">Tokens that there are, or features of a block.</param>
/// <param name="positions">Tokens in a row.</param>
/// <param name="classes">Logits.</param>
internal sealed class TransformerParameters(TransformerOptions options, int symbols, int positions, int classes)
{
    /// <summary>All of them.</summary>
    public ImmutableArray<ParameterSpec> Specs() => [.. Ends(), .. Enumerable.Range(0, options.Layers).SelectMany(Block), .. Answer()];

    private IEnumerable<ParameterSpec> Ends()
    {
        var (init, width) = (options.Init, options.DModel);
        if (options.FeatureBlocks is null) { yield return new("embed.weight", [symbols, width], init.Table(width)) { IsTable = true }; }
        else
        {
            foreach (var spec in Dense("embed", symbols, width, options.Bias)) { yield return spec; }
        }
        if (options.PositionCode == PositionCode.Learned)
        {
            yield return new("pos.weight", [positions, width], init.Table(width)) { IsTable = true };
        }
    }

    private IEnumerable<ParameterSpec> Block(int i)
    {
        var (scope, width, mlp) = ($"blocks.{i}", options.DModel, options.Mlp);
        var (attentionBias, mlpBias) = (options.AttentionBias ?? options.Bias, options.MlpBias ?? options.Bias);
        return
        [
            .. Norm($"{scope}.norm1", options.Norm != NormPlace.None),
            .. ((string[])["q", "k", "v", "o"]).SelectMany(part => Dense($"{scope}.attn.{part}", width, width, attentionBias)),
            .. Norm($"{scope}.norm2", options.Norm != NormPlace.None),
            .. options.Gated ? Dense($"{scope}.mlp.gate", width, mlp, mlpBias) : [],
            .. Dense($"{scope}.mlp.in", width, mlp, mlpBias),
            .. Dense($"{scope}.mlp.out", mlp, width, mlpBias),
        ];
    }

    private IEnumerable<ParameterSpec> Answer()
    {
        // Nanda's code divides by the root of all tokens, the equals sign among them.
        var scaled = options.FeatureBlocks is null ? symbols : classes;
        return
        [
            .. Norm("final_norm", options.HasFinalNorm),
            .. Dense("unembed", options.DModel, classes, options.UnembedBias ?? options.Bias, scaled),
        ];
    }

    private IEnumerable<ParameterSpec> Dense(string name, int inputs, int outputs, bool bias, int? scaled = null)
    {
        yield return new($"{name}.weight", [inputs, outputs], options.Init.Weight(inputs, inputs, scaled ?? options.DModel));
        if (bias) { yield return new($"{name}.bias", [outputs], options.Init.Bias(inputs)); }
    }

    private IEnumerable<ParameterSpec> Norm(string name, bool present)
    {
        if (!present) { yield break; }
        yield return new($"{name}.weight", [options.DModel], new(Distribution.Constant, 1));
        if (options.NormKind == NormKind.Layer) { yield return new($"{name}.bias", [options.DModel], new(Distribution.Constant, 0)); }
    }
}
