using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// <c>(G·Gᵀ)^(−1/2)·G</c> for a matrix: its singular vectors, with all singular values 1. By Newton–Schulz iterations
/// <c>X ← 1.5·X − 0.5·X·Xᵀ·X</c> from <c>G / ‖G‖</c>, which need products only; a direction that G lacks stays out.
/// </summary>
/// <remarks>
/// The egalitarian gradient (arXiv 2510.04930) by another way than an eigendecomposition, which no engine has: our choice. In the first
/// steps a small singular value grows by 1.5 in each iteration.
/// </remarks>
/// <param name="Iterations">How many, at least 1.</param>
public sealed record Orthogonalize(int Iterations) : Transform
{
    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars) =>
        new(NewtonSchulz.Apply(update, Iterations, (1.5, -0.5, 0)), []);
}

/// <summary>Iterations <c>X ← a·X + b·(X·Xᵀ)·X + c·(X·Xᵀ)²·X</c> on a matrix, from <c>G / (‖G‖ + 1e-30)</c>.</summary>
internal static class NewtonSchulz
{
    /// <summary>The result, of the matrix' shape.</summary>
    /// <param name="matrix">G, of rank 2.</param>
    /// <param name="iterations">How many.</param>
    /// <param name="factors">a, b, c; with c = 0 the last product is left out.</param>
    public static Value Apply(Value matrix, int iterations, (double A, double B, double C) factors)
    {
        var isTall = matrix.Shape[0] > matrix.Shape[1];                         // the square is of the shorter side
        var x = matrix / (matrix.Square().Sum().Sqrt() + 1e-30);
        if (isTall) { x = x.Transpose(); }
        for (var i = 0; i < iterations; i++)
        {
            var square = x.MatMul(x.Transpose());
            var mixed = square * factors.B;
            if (factors.C != 0) { mixed += square.MatMul(square) * factors.C; }
            x = (x * factors.A) + mixed.MatMul(x);
        }
        return isTall ? x.Transpose() : x;
    }
}
