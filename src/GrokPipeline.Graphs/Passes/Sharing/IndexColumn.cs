namespace GrokPipeline.Graphs.Passes;

/// <summary>What is known of one column of an index input, whatever the rows are.</summary>
/// <param name="Bound">Indices are in [0, <paramref name="Bound"/>).</param>
/// <param name="Known">The index that every row has there (the token of an operation); null when rows differ.</param>
public readonly record struct IndexColumn(int Bound, long? Known = null);
