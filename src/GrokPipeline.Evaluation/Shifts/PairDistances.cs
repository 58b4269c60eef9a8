using System.Numerics;

namespace GrokPipeline.Evaluation.Shifts;

/// <summary>Euclidean distances between all rows of two samples, first those of the one, then those of the other.</summary>
internal sealed class PairDistances
{
    private readonly double[] _distances;

    private PairDistances(int first, int second, double[] distances) => (First, Second, _distances) = (first, second, distances);

    /// <summary>Rows of the first sample.</summary>
    public int First { get; }

    /// <summary>Rows of the second sample.</summary>
    public int Second { get; }

    /// <summary>All rows.</summary>
    public int Rows => First + Second;

    /// <summary>Computes them.</summary>
    /// <param name="first">Row-major, shape [rows, width]; at least two rows.</param>
    /// <param name="second">Row-major, shape [rows, width]; at least two rows.</param>
    /// <param name="width">Elements of a row.</param>
    public static PairDistances Of(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int width)
    {
        float[] all = [.. first, .. second];
        var rows = all.Length / width;
        var distances = new double[rows * rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var distance = Distance(all.AsSpan(i * width, width), all.AsSpan(j * width, width));
                (distances[(i * rows) + j], distances[(j * rows) + i]) = (distance, distance);
            }
        }
        return new(first.Length / width, second.Length / width, distances);
    }

    /// <summary>The median of the distances between different rows.</summary>
    public double Median()
    {
        var pairs = new List<double>(Rows * (Rows - 1) / 2);
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < i; j++) { pairs.Add(_distances[(i * Rows) + j]); }
        }
        pairs.Sort();
        var middle = pairs.Count / 2;
        return pairs.Count % 2 == 1 ? pairs[middle] : (pairs[middle - 1] + pairs[middle]) / 2;
    }

    /// <summary>A function of each distance, as a matrix; 0 on the diagonal, which no statistic here looks at.</summary>
    public double[] Map(Func<double, double> function)
    {
        var mapped = Array.ConvertAll(_distances, distance => function(distance));
        for (var i = 0; i < Rows; i++) { mapped[(i * Rows) + i] = 0; }
        return mapped;
    }

    // float32 rows, sum of squares in float32 lanes of a fixed number: the same bytes at any vector width.
    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        const int Lanes = 4;
        var sum = Vector4.Zero;
        var i = 0;
        for (; i + Lanes <= a.Length; i += Lanes)
        {
            var difference = new Vector4(a.Slice(i, Lanes)) - new Vector4(b.Slice(i, Lanes));
            sum += difference * difference;
        }
        var total = ((double)sum.X + sum.Z) + ((double)sum.Y + sum.W);
        for (; i < a.Length; i++)
        {
            var difference = (double)a[i] - b[i];
            total += difference * difference;
        }
        return Math.Sqrt(total);
    }
}
