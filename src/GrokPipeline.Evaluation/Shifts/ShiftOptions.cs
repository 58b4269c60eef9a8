namespace GrokPipeline.Evaluation.Shifts;

/// <summary>How far distributions are from train.</summary>
public sealed record ShiftOptions : IOptions
{
    /// <summary>Rows drawn from train and from each distribution for measures on features; 0 for none of them. Default 500.</summary>
    public int Rows { get; init; } = 500;

    /// <summary>Random relabellings behind each p-value; 0 for none. Default 99, so that the smallest is 0.01.</summary>
    public int Permutations { get; init; } = 99;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Rows is not (0 or (>= 8 and <= 5000)))
        {
            yield return new("rows", $"rows is {Rows}; give 8 to 5000, or 0 for no measures on features.");
        }
        if (Permutations is < 0 or > 100_000) { yield return new("permutations", $"permutations is {Permutations}; give 0 to 100000."); }
    }
}
