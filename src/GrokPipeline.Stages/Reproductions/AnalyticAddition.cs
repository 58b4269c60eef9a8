using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>
/// The weights of Gromov (2023, arXiv 2301.02679) that add modulo p = 97 without training: neuron k has one frequency and two phases in
/// its inputs, <c>cos(2πka/p + φ₁) + cos(2πkb/p + φ₂)</c>, squared, and answers with <c>cos(2πkc/p + φ₃)</c>, where φ₃ = φ₁ + φ₂.
/// </summary>
internal static class AnalyticAddition
{
    private const int P = 97;

    private static readonly int[] _widths = [48, 96, 192, 288, 500, 1000];

    /// <summary>
    /// A row for each network: width; <c>cycling</c>: whether its frequencies go through all again and again, or are drawn; the seed of the
    /// phases; accuracy on all pairs; the least margin of the right answer, in sums of cosines; the mean inverse participation ratio of
    /// the inputs' frequencies; and the largest φ₁ + φ₂ − φ₃ read back from the weights, in radians.
    /// </summary>
    public static TableSchema Schema { get; } =
    [
        new("width", ColumnKind.Int64), new("cycling", ColumnKind.Bool), new("seed", ColumnKind.Int64), new("accuracy", ColumnKind.Float64),
        new("margin", ColumnKind.Float64), new("ipr", ColumnKind.Float64), new("phase_sum", ColumnKind.Float64),
    ];

    /// <summary>Builds the networks and scores them.</summary>
    public static Table Rows()
    {
        var builder = new TableBuilder(Schema);
        foreach (var width in _widths) { Add(builder, width, cycling: true, seed: 0); }
        for (var seed = 0; seed < 3; seed++) { Add(builder, 500, cycling: false, seed); }
        return builder.ToTable();
    }

    private static void Add(TableBuilder builder, int width, bool cycling, int seed)
    {
        var (a, b, c) = Weights(width, cycling, seed);
        var (accuracy, margin) = Scores(a, b, c);
        builder.Add(
            width, cycling, seed, accuracy, margin, Enumerable.Range(0, width).Average(neuron => Participation(a[neuron])),
            Enumerable.Range(0, width).Max(neuron => Math.Abs(PhaseSum(a[neuron], b[neuron], c[neuron]))));
    }

    private static (double[][] A, double[][] B, double[][] C) Weights(int width, bool cycling, int seed)
    {
        var stream = new Seed((ulong)seed).Derive("phases").Stream();
        var (a, b, c) = (new double[width][], new double[width][], new double[width][]);
        for (var neuron = 0; neuron < width; neuron++)
        {
            var k = 1 + (cycling ? neuron : (int)(stream.NextBits() % (P / 2))) % (P / 2);
            var (first, second) = (Angle(), Angle());
            (a[neuron], b[neuron], c[neuron]) = (Wave(k, first), Wave(k, second), Wave(k, first + second));
        }
        return (a, b, c);

        double Angle() => 2 * Math.PI * (stream.NextBits() >> 11) / (1UL << 53);
    }

    private static double[] Wave(int k, double phase) =>
        [.. Enumerable.Range(0, P).Select(n => Math.Cos((2 * Math.PI * k * n / P) + phase))];

    // Share of pairs whose right answer has the largest score, and by how much at least, negative where one is wrong.
    private static (double Accuracy, double Margin) Scores(double[][] a, double[][] b, double[][] c)
    {
        var (right, least, scores) = (0, double.PositiveInfinity, new double[P]);
        for (var pair = 0; pair < P * P; pair++)
        {
            Array.Clear(scores);
            for (var neuron = 0; neuron < a.Length; neuron++)
            {
                var sum = a[neuron][pair / P] + b[neuron][pair % P];
                for (var q = 0; q < P; q++) { scores[q] += c[neuron][q] * sum * sum; }
            }
            var answer = ((pair / P) + (pair % P)) % P;
            var own = scores[answer];
            scores[answer] = double.NegativeInfinity;
            var margin = own - scores.Max();
            right += margin > 0 ? 1 : 0;
            least = Math.Min(least, margin);
        }
        return ((double)right / (P * P), least);
    }

    private static double Participation(double[] weights)
    {
        var shares = Enumerable.Range(1, P / 2).Select(k => Part(weights, k)).Select(part => (part.Cos * part.Cos) + (part.Sin * part.Sin)).ToArray();
        var total = shares.Sum();
        return shares.Sum(share => share / total * (share / total));
    }

    // The phases at the strongest frequency of the first input's weights, in (−π, π].
    private static double PhaseSum(double[] a, double[] b, double[] c)
    {
        var k = Enumerable.Range(1, P / 2).MaxBy(frequency =>
        {
            var part = Part(a, frequency);
            return (part.Cos * part.Cos) + (part.Sin * part.Sin);
        });
        return Math.IEEERemainder(Phase(a) + Phase(b) - Phase(c), 2 * Math.PI);

        double Phase(double[] wave)
        {
            var part = Part(wave, k);
            return Math.Atan2(-part.Sin, part.Cos);
        }
    }

    private static (double Cos, double Sin) Part(double[] wave, int k)
    {
        var (cos, sin) = (0.0, 0.0);
        for (var n = 0; n < P; n++)
        {
            cos += wave[n] * Math.Cos(2 * Math.PI * k * n / P);
            sin += wave[n] * Math.Sin(2 * Math.PI * k * n / P);
        }
        return (cos, sin);
    }
}
