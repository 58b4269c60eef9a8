namespace GrokPipeline.Probes;

/// <summary>Features with mean 0 and deviation 1 over the fitted rows, and a last column of ones for the intercept.</summary>
internal sealed class Standardized
{
    private readonly double[] _values;

    private Standardized(double[] values, int width)
    {
        _values = values;
        Width = width;
    }

    /// <summary>Features per row, the intercept's included.</summary>
    public int Width { get; }

    /// <summary>All rows, shape [rows, width].</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>A row.</summary>
    public ReadOnlySpan<double> Row(int row) => _values.AsSpan(row * Width, Width);

    /// <summary>The rows of an activation in some order; means and deviations come from the first <paramref name="fitted"/>.</summary>
    public static Standardized Of(Activation activation, int[] order, int fitted)
    {
        var width = activation.Width + 1;
        var values = new double[order.Length * width];
        for (var i = 0; i < order.Length; i++)
        {
            for (var j = 0; j < activation.Width; j++) { values[(i * width) + j] = activation.Values[(order[i] * activation.Width) + j]; }
            values[(i * width) + activation.Width] = 1;
        }
        for (var j = 0; j < activation.Width; j++)
        {
            double mean = 0, square = 0;
            for (var i = 0; i < fitted; i++) { mean += values[(i * width) + j]; }
            mean /= fitted;
            for (var i = 0; i < fitted; i++) { square += (values[(i * width) + j] - mean) * (values[(i * width) + j] - mean); }
            var scale = square > 0 ? 1 / Math.Sqrt(square / fitted) : 0;   // a feature that never changes says nothing
            for (var i = 0; i < order.Length; i++) { values[(i * width) + j] = (values[(i * width) + j] - mean) * scale; }
        }
        return new(values, width);
    }
}
