using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GrokPipeline.Data;

/// <summary>What a row's input is.</summary>
public enum InputKind
{
    /// <summary>Integer operands of an operation, each from 0 to <see cref="DatasetFacts.OperandValues"/> − 1.</summary>
    Operands,

    /// <summary>A vector of float32 features.</summary>
    Features,
}

/// <summary>What is to be said about a row.</summary>
public enum TargetKind
{
    /// <summary>Which of some classes it belongs to.</summary>
    Classes,

    /// <summary>One or more real numbers (regression).</summary>
    Real,
}

/// <summary>
/// What a model, a metric and a probe must know of a dataset: which columns are what, and how many values they take. It is stored in
/// <c>dataset.json</c> and, as JSON, in the metadata of every table of the dataset.
/// </summary>
public sealed record DatasetFacts
{
    /// <summary>The metadata key of a table under which the facts stand.</summary>
    public const string MetadataKey = "grokpipeline.facts";

    /// <summary>What the input is.</summary>
    public InputKind Kind { get; init; }

    /// <summary>What is to be said about a row.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TargetKind TargetKind { get; init; }

    /// <summary>How many classes there are; labels are 0 to this − 1. 0 for real targets.</summary>
    public int Classes { get; init; }

    /// <summary>How many real numbers a row's target has, K; 0 for classes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Outputs { get; init; }

    /// <summary>A row of real targets is right when its squared error, mean over the K outputs, is below this. 0 for classes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Tolerance { get; init; }

    /// <summary>
    /// The column of the target: of the label, Int64 (of an answer of several tokens the first one's); of real targets, a Vector of
    /// <see cref="Outputs"/> elements.
    /// </summary>
    public string Target { get; init; } = "label";

    /// <summary>The Int64 columns of an answer of several tokens, in their order; not given where <see cref="Target"/> is the answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<string> Answer { get; init; }

    /// <summary>The Int64 column of the group inside a class (<c>subclass</c>); null when the dataset has none.</summary>
    public string? Group { get; init; }

    /// <summary>How many groups there are over all classes; 0 without <see cref="Group"/>.</summary>
    public int Groups { get; init; }

    /// <summary>The Int64 columns of the operands, in the order of the equation; empty for features.</summary>
    public ImmutableArray<string> Operands { get; init; } = [];

    /// <summary>How many values an operand takes (the modulus); 0 for features.</summary>
    public int OperandValues { get; init; }

    /// <summary>
    /// What a decoder reads before the answer, token by token: the name of an operand, or <c>#97</c> for the token 97 in every row. Not
    /// given where it is operands with signs between them, <c>a ∘ b =</c>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<string> Prompt { get; init; }

    /// <summary>The operation in words (<c>a + b (mod 97)</c>), or how the features come about.</summary>
    public string Operation { get; init; } = "";

    /// <summary>The Vector column of the features; null for operands.</summary>
    public string? Features { get; init; }

    /// <summary>Elements of a feature vector; 0 for operands.</summary>
    public int FeatureCount { get; init; }

    /// <summary>How many tokens an answer has, at least 1.</summary>
    [JsonIgnore]
    public int AnswerLength => Answer.IsDefaultOrEmpty ? 1 : Answer.Length;

    /// <summary>The columns of the answer: <see cref="Answer"/>, or <see cref="Target"/> alone.</summary>
    [JsonIgnore]
    public ImmutableArray<string> AnswerColumns => Answer.IsDefaultOrEmpty ? [Target] : Answer;

    /// <summary>True when targets are real numbers.</summary>
    [JsonIgnore]
    public bool IsReal => TargetKind == TargetKind.Real;

    /// <summary>How many numbers a model gives for a row: one for each class, or each output.</summary>
    [JsonIgnore]
    public int TargetWidth => IsReal ? Outputs : Classes;

    /// <summary>Equal when every fact is.</summary>
    public bool Equals(DatasetFacts? other) => other is not null && ToJson() == other.ToJson();

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToJson());

    /// <summary>One line of JSON, always the same for the same facts.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DataJson.Compact.DatasetFacts);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="GrokException">The text is no such JSON.</exception>
    public static DatasetFacts FromJson(string json)
    {
        try
        {
            var facts = JsonSerializer.Deserialize(json, DataJson.Compact.DatasetFacts);
            if (facts is not null && !facts.Operands.IsDefault && facts.TargetWidth > 0) { return facts; }
        }
        catch (JsonException)
        {
            // Told below, together with facts that are JSON but say nothing.
        }
        throw new GrokException(
            "The facts of a dataset cannot be read.", "Generate the dataset again.", MetadataKey, ProblemKind.Integrity);
    }

    /// <summary>The facts that stand in a table's metadata.</summary>
    /// <exception cref="GrokException">There are none, or they cannot be read.</exception>
    public static DatasetFacts Of(IReadOnlyDictionary<string, string> metadata) => metadata.TryGetValue(MetadataKey, out var json)
        ? FromJson(json)
        : throw new GrokException(
            "The table says nothing of its dataset.", "Use a table that `generate` wrote.", MetadataKey, ProblemKind.Integrity);
}
