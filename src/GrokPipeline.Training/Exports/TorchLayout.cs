using System.Collections.Immutable;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Training.Exports;

/// <summary>
/// Parameters as PyTorch's modules hold them, for PyTorch, TorchSharp and candle: the matrix of a dense layer is [outputs, inputs], as
/// <c>nn.Linear</c> has it, where ours is [inputs, outputs]. Tables (<c>nn.Embedding</c>), biases and normalisations are the same in both.
/// Names stay: they are those of a module tree.
/// </summary>
public static class TorchLayout
{
    /// <summary>The parameters in that layout, by name.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">A value for each of its parameters.</param>
    /// <exception cref="GrokException">A parameter is missing or has another type.</exception>
    public static ImmutableSortedDictionary<string, Tensor> Of(Model model, IReadOnlyDictionary<string, Tensor> parameters) =>
        model.Parameters.ToImmutableSortedDictionary(
            spec => spec.Name, spec =>
            {
                if (!parameters.TryGetValue(spec.Name, out var value) || value.Type != spec.Type)
                {
                    throw new GrokException(
                        $"'{spec.Name}' is {(value is null ? "missing" : value.Type)}; the model has it as {spec.Type}.",
                        "Give a checkpoint of this model.", spec.Name, ProblemKind.Integrity);
                }
                return spec.Shape.Rank == 2 && !spec.IsTable ? Transposed(value) : value;
            }, StringComparer.Ordinal);

    private static Tensor Transposed(Tensor matrix)
    {
        var (rows, columns) = (matrix.Shape[0], matrix.Shape[1]);
        var turned = new Tensor(TensorType.Float32([columns, rows]));
        var from = matrix.AsSpan<float>();
        var to = turned.AsSpan<float>();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) { to[(column * rows) + row] = from[(row * columns) + column]; }
        }
        return turned;
    }
}
