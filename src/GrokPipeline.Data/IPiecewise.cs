namespace GrokPipeline.Data;

/// <summary>A dataset of drawn rows whose parts can be made piece by piece: splits of any size need no memory for all their rows.</summary>
public interface IPiecewise
{
    /// <summary>The rows of each part, in the order train, validation, test, to be made piece by piece.</summary>
    /// <param name="split">Without problems.</param>
    /// <param name="seed">The dataset's seed.</param>
    IReadOnlyList<(string Name, RowSource Rows)> Sources(SplitSpec split, Seed seed);
}
