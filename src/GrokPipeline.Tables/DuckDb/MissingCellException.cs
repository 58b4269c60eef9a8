namespace GrokPipeline.Tables.DuckDb;

/// <summary>A cell without a value in a sound file, where all cells are needed.</summary>
/// <param name="row">The row, counted from the first that was read together with it.</param>
/// <param name="what">What is missing: a <c>vector</c>, or an element of one.</param>
internal sealed class MissingCellException(int row, string what) : DuckDbException($"a {what} is missing in row {row}")
{
    /// <summary>The row.</summary>
    internal int Row { get; } = row;

    /// <summary>What is missing.</summary>
    internal string What { get; } = what;
}
