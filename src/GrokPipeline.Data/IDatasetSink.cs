using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>Takes the tables of a dataset as they are made.</summary>
public interface IDatasetSink
{
    /// <summary>Takes a split or shift that is in memory, with its metadata.</summary>
    void Write(string name, Table table);

    /// <summary>Takes a split that is made piece by piece.</summary>
    /// <param name="name">The split's name.</param>
    /// <param name="schema">Its columns.</param>
    /// <param name="pieces">Its rows in order; enumerated once.</param>
    /// <param name="metadata">Keys and values that travel with it.</param>
    /// <returns>The content hash of all rows.</returns>
    string Write(string name, TableSchema schema, IEnumerable<Table> pieces, IReadOnlyDictionary<string, string> metadata);
}
