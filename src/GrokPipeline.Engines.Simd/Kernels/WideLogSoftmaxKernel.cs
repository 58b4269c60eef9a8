using System.Runtime.Intrinsics;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>
/// <c>log softmax</c> of each row, or with a cotangent its gradient <c>dy − softmax x · Σ dy</c>; read and written as floats, computed in
/// doubles, eight at a time in lanes that meet in a fixed order.
/// </summary>
internal sealed unsafe class WideLogSoftmaxKernel : Kernel
{
    private const int Lanes = 8;
    private readonly Slot _scores;
    private readonly Slot? _cotangent;
    private readonly Slot _result;
    private readonly int _rows;
    private readonly int _width;

    public WideLogSoftmaxKernel(Slot scores, Slot? cotangent, Slot result, int rows, int width)
    {
        (_scores, _cotangent, _result, _rows, _width) = (scores, cotangent, result, rows, width);
        Chunks = ChunksFor(rows, 5.0 * rows * width);
        ScratchBytes = (long)(width + Lanes) * sizeof(double);
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => _cotangent is null ? [_scores] : [_scores, _cotangent];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_result];

    // The exponential is 34 operations: 15 fused ones, a product, a sum, a difference and a product.
    /// <inheritdoc/>
    public override KernelWork Work
    {
        get
        {
            var elements = (long)_rows * _width;
            return new(0, elements * (_cotangent is null ? 38 : 40), elements * sizeof(float) * (_cotangent is null ? 2 : 3));
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(_cotangent is null ? "Log-softmax" : "Gradient of log-softmax")} of {_rows} rows of {_width} in doubles";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        var end = Start(_rows, Chunks, chunk + 1);
        for (nint row = Start(_rows, Chunks, chunk); row < end; row++)
        {
            var scores = new ReadOnlySpan<float>((float*)_scores.Address + (row * _width), _width);
            var result = new Span<float>((float*)_result.Address + (row * _width), _width);
            var exponentials = new Span<double>(scratch, _width);
            var largest = float.NegativeInfinity;
            foreach (var score in scores) { largest = MathF.Max(largest, score); }
            var sum = Exponentials(scores, largest, exponentials);
            if (_cotangent is null)
            {
                var logarithm = PortableMath.Log(sum);
                for (var i = 0; i < scores.Length; i++) { result[i] = (float)(scores[i] - (double)largest - logarithm); }
                continue;
            }
            var flow = new ReadOnlySpan<float>((float*)_cotangent.Address + (row * _width), _width);
            var total = 0.0;
            foreach (var share in flow) { total += share; }
            for (var i = 0; i < flow.Length; i++) { result[i] = (float)(flow[i] - (exponentials[i] / sum * total)); }
        }
    }

    // e^(x − largest) of each score; returns their sum.
    private static double Exponentials(ReadOnlySpan<float> scores, double largest, Span<double> destination)
    {
        var sums = Vector512<double>.Zero;
        for (; scores.Length >= Lanes; scores = scores[Lanes..], destination = destination[Lanes..])
        {
            var (low, high) = Vector256.Widen(Vector256.Create(scores));
            var powers = PortableVectors.Exp(Vector512.Create(low, high) - Vector512.Create(largest));
            powers.CopyTo(destination);
            sums += powers;
        }
        if (scores.Length > 0)
        {
            Span<double> rest = stackalloc double[Lanes];
            rest.Fill(double.NegativeInfinity);
            for (var i = 0; i < scores.Length; i++) { rest[i] = scores[i] - largest; }
            var powers = PortableVectors.Exp(Vector512.Create<double>(rest));
            sums += powers;
            for (var i = 0; i < scores.Length; i++) { destination[i] = powers[i]; }
        }
        return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
    }
}
