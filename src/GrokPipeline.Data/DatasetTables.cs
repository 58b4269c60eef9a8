using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>A generated dataset: its facts, the rows of each split and shift, and its card.</summary>
/// <param name="Facts">What models and metrics must know.</param>
/// <param name="Splits">Rows by split: train, then validation and test where asked for; enumerated in this order.</param>
/// <param name="Shifts">Rows by shift, enumerated in the order of the pipeline file.</param>
/// <param name="Card">Where the rows come from, and what was counted.</param>
public sealed record DatasetTables(
    DatasetFacts Facts, IReadOnlyDictionary<string, Table> Splits, IReadOnlyDictionary<string, Table> Shifts, DataCard Card);
