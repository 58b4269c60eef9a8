using System.Collections.Immutable;

namespace GrokPipeline.Data.Generators;

/// <summary>Which digit of a number is written first.</summary>
public enum DigitOrder
{
    /// <summary>The most significant one, as people write.</summary>
    MostFirst,

    /// <summary>The least significant one, so that a carry goes from left to right.</summary>
    LeastFirst,
}

/// <summary>Options of <see cref="DigitAddition"/>.</summary>
public sealed record DigitAdditionOptions : IOptions
{
    internal const int MostDigits = 8;

    /// <summary>Digits of each operand, filled up with zeros. From 1 to 8; default 2.</summary>
    public int Digits { get; init; } = 2;

    /// <summary>The base, from 2 to 100. Default 10.</summary>
    public int Base { get; init; } = 10;

    /// <summary>Which digit is written first, in operands and answer. Default most_first.</summary>
    public DigitOrder Order { get; init; }

    /// <summary>
    /// Columns of an operand, and so positions of a model: room for the longer numbers of a shift. Default 0: as many as
    /// <see cref="Digits"/>.
    /// </summary>
    public int Capacity { get; init; }

    /// <summary>How many pairs of operands are drawn, none twice. Default 0: all there are, at most 200,000.</summary>
    public int Rows { get; init; }

    internal SequenceShape Shape
    {
        get
        {
            var capacity = Capacity == 0 ? Digits : Capacity;
            return new(["a", "b"], Base, Digits, Digits, capacity, capacity + 1, Rows);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Base is < 2 or > 100) { yield return new("base", $"base is {Base}; give a number from 2 to 100, for instance 10."); }
        foreach (var problem in Shape.Problems("digits", MostDigits)) { yield return problem; }
    }
}

/// <summary>
/// Addition digit by digit: a decoder reads <c>a0 a1 + b0 b1 =</c> and gives the digits <c>y0 y1 y2</c> of the sum, one more than an
/// operand has.
/// </summary>
public sealed class DigitAddition : SequenceDataset
{
    private readonly DigitAdditionOptions _options;

    /// <summary>Makes the table.</summary>
    /// <param name="options">Without problems.</param>
    public DigitAddition(DigitAdditionOptions options)
        : base(options.Shape) => _options = options;

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        SharesAreRounded, .. _options.Rows == 0 ? (string[])[] : [RowsAreDrawn], EndsCount,
        "OUR CHOICE: operands and sum are filled up with zeros to a fixed number of digits.",
    ];

    /// <inheritdoc/>
    internal override bool GrowsAtFront => _options.Order == DigitOrder.MostFirst;

    /// <inheritdoc/>
    private protected override string StreamName => "digit_addition";

    /// <inheritdoc/>
    private protected override string Operation =>
        $"a + b, {_options.Digits} digits of base {_options.Base}, the {(GrowsAtFront ? "most" : "least")} significant first";

    /// <inheritdoc/>
    internal override long[] AnswerOf(long[][] parts)
    {
        var (length, carry) = (parts[0].Length, 0L);
        var sum = new long[length + 1];
        for (var digit = 0; digit <= length; digit++)
        {
            if (digit < length) { carry += parts[0][At(digit, length)] + parts[1][At(digit, length)]; }
            sum[At(digit, length + 1)] = carry % _options.Base;
            carry /= _options.Base;
        }
        return sum;
    }

    // Where the digit of base^digit stands in a number of so many digits.
    private int At(int digit, int length) => GrowsAtFront ? length - 1 - digit : digit;
}
