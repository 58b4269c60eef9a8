namespace GrokPipeline.Probes;

/// <summary>
/// A matrix with one row per operand value: an embedding, or the first layer behind one-hot inputs, one block per operand.
/// </summary>
internal static class OperandMatrix
{
    private static readonly string[] _usual = ["embed.weight", "hidden.0.weight"];
    private static readonly string[] _others = ["blocks.", "pos.", "final_norm.", "unembed.", "output."];

    /// <summary>The chosen matrices in ordinal order of their names.</summary>
    /// <param name="context">What is probed.</param>
    /// <param name="choice">A name, <c>*</c> for all with rows that fit, or empty for the model's embedding, else its first layer.</param>
    /// <param name="probe">The probe's kind, for the message.</param>
    /// <exception cref="GrokException">The dataset has no operands, or the model no such matrix.</exception>
    public static IEnumerable<(string Name, Tensor Content)> Of(ProbeContext context, string choice, string probe)
    {
        var p = context.Facts.OperandValues;
        if (p < 3)
        {
            throw new GrokException(
                $"The {probe} probe needs a dataset with at least 3 operand values.", "Use it with modular arithmetic.");
        }
        var parameters = context.Checkpoint.Parameters;
        if (IsOther(choice))
        {
            throw new GrokException(
                $"The rows of '{choice}' belong to neurons; the {probe} probe needs rows of operand values.",
                "Name an embedding or a first layer, such as embed.weight or hidden.0.weight.");
        }
        return ParameterChoice.Of(
            parameters, Usual(parameters, choice), tensor => Suits(tensor, p),
            $"a matrix with a row for each of {p} operand values: an embedding of {p} to {p + 3} rows, or a first layer of m blocks of {p}")
            .Where(matrix => !IsOther(matrix.Name));
    }

    /// <summary>The one chosen matrix.</summary>
    /// <exception cref="GrokException">The dataset has no operands, or the model no such matrix.</exception>
    public static (string Name, Tensor Content) One(ProbeContext context, string choice, string probe) =>
        Of(context, choice, probe).Single();                 // <see cref="Problems"/> refuses '*'

    /// <summary>Problems of a choice that means one matrix.</summary>
    public static IEnumerable<OptionProblem> Problems(string choice) => choice == "*"
        ? [new("parameter", "parameter names no single matrix; give one such as embed.weight.")] : [];

    // Layers behind the first one, under the names that this program gives them.
    private static bool IsOther(string name) =>
        _others.Any(scope => name.StartsWith(scope, StringComparison.Ordinal))
        || (name.StartsWith("hidden.", StringComparison.Ordinal) && !name.StartsWith("hidden.0.", StringComparison.Ordinal));

    // Whole blocks, or with up to three signs behind one: ∘, = and ⟨eos⟩.
    private static bool Suits(Tensor tensor, int p) =>
        tensor.Type.Element == ElementType.Float32 && tensor.Shape.Rank == 2 && tensor.Shape[0] >= p
        && (tensor.Shape[0] % p == 0 || tensor.Shape[0] <= p + 3);

    /// <summary>The choice, or where it is empty the model's embedding, else its first layer.</summary>
    public static string Usual(IReadOnlyDictionary<string, Tensor> parameters, string choice) =>
        choice.Length > 0 ? choice : _usual.FirstOrDefault(parameters.ContainsKey) ?? _usual[0];

    /// <summary>
    /// For each frequency 1 … ⌊p/2⌋ its power, summed over columns and blocks; rows beyond the last whole block are left out.
    /// </summary>
    public static double[] Power(Tensor tensor, Waves waves)
    {
        var columns = ColumnPower(tensor, waves);
        return [.. columns.Select(row => row.Sum())];
    }

    /// <summary>The power at each frequency (from 1) of each column of each block: [frequency − 1][block · width + column].</summary>
    public static double[][] ColumnPower(Tensor tensor, Waves waves)
    {
        var (p, width) = (waves.Cosines.Length, tensor.Shape[1]);
        var matrix = tensor.AsSpan<float>();
        var blocks = tensor.Shape[0] / p;
        var power = new double[waves.Highest][];
        var (real, imaginary) = (new double[width], new double[width]);
        for (var k = 1; k <= power.Length; k++)
        {
            power[k - 1] = new double[blocks * width];
            for (var block = 0; block < blocks; block++)
            {
                Transform(matrix.Slice(block * p * width, p * width), waves, k, real, imaginary);
                for (var c = 0; c < width; c++) { power[k - 1][(block * width) + c] = (real[c] * real[c]) + (imaginary[c] * imaginary[c]); }
            }
            if (2 * k != p) { continue; }
            // the highest frequency of an even p has no twin at p − k
            for (var c = 0; c < power[k - 1].Length; c++)
            {
                power[k - 1][c] /= 2;
            }
        }
        return power;
    }

    /// <summary><c>Σ cos(2πkx/p)·W[x]</c> and the same with the sine, over the p rows of a block.</summary>
    public static void Transform(ReadOnlySpan<float> block, Waves waves, int k, Span<double> real, Span<double> imaginary)
    {
        real.Clear();
        imaginary.Clear();
        for (var row = 0; row < waves.Cosines.Length; row++)
        {
            var at = waves.At(k, row);
            var (cosine, sine) = (waves.Cosines[at], waves.Sines[at]);
            var values = block.Slice(row * real.Length, real.Length);
            for (var c = 0; c < values.Length; c++)
            {
                real[c] += cosine * values[c];
                imaginary[c] += sine * values[c];
            }
        }
    }

    /// <summary>
    /// The fewest frequencies that together hold at least a share of the power, the strongest first, ties by frequency; none without power.
    /// </summary>
    public static int[] Keys(IReadOnlyList<double> power, double coverage)
    {
        var (total, held, keys) = (power.Sum(), 0.0, new List<int>());
        if (!(total > 0)) { return []; }
        foreach (var k in Enumerable.Range(1, power.Count).OrderByDescending(k => power[k - 1]).ThenBy(k => k))
        {
            keys.Add(k);
            held += power[k - 1];
            if (held >= coverage * total * (1 - 1e-12)) { break; }
        }
        return [.. keys];
    }
}
