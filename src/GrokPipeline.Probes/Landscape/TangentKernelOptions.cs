namespace GrokPipeline.Probes.Landscape;

/// <summary>Options of <see cref="TangentKernelProbe"/>.</summary>
public sealed record TangentKernelOptions : IOptions
{
    /// <summary>The split whose rows the kernel is over, or <c>all</c>.</summary>
    public string On { get; init; } = "train";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 512. Default 128.</summary>
    public int MaxRows { get; init; } = 128;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => RowSample.Problems(On, MaxRows, 512);
}
