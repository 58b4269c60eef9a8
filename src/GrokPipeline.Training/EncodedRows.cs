using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Tables;

namespace GrokPipeline.Training;

/// <summary>
/// The rows of a training as the tensors that its graphs take: train for the steps, train and further splits for the scores. They are
/// only read, so that any number of trainings, on any threads, may share them.
/// </summary>
public sealed class EncodedRows
{
    private EncodedRows(TrainingPlan plan)
    {
        var splits = plan.Scored.Insert(0, new("train", plan.Train));
        (Input, Rows) = (plan.Model.InputName, plan.Train.Rows);
        (Inputs, Targets) = (RowEncoding.Input(Input, plan.Train, plan.Facts), RowEncoding.Target(plan.Train, plan.Facts));
        ScoreBatch = ScoreBatchOf(plan);
        Tolerance = plan.Facts.Tolerance;
        Splits = [.. splits.Select(split => new EncodedSplit(split.Key, split.Value, Input, plan.Facts, ScoreBatch))];
    }

    /// <summary>Rows of train.</summary>
    public int Rows { get; }

    /// <summary>Rows that are scored in one run of the engine.</summary>
    public int ScoreBatch { get; }

    /// <summary>The name of the model's input.</summary>
    internal string Input { get; }

    /// <summary>The inputs of train, in its order.</summary>
    internal Tensor Inputs { get; }

    /// <summary>The targets of train, in its order.</summary>
    internal Tensor Targets { get; }

    /// <summary>Below which squared error a row of real targets is right.</summary>
    internal double Tolerance { get; }

    /// <summary>What is scored, train first.</summary>
    internal ImmutableArray<EncodedSplit> Splits { get; }

    /// <summary>Encodes the rows of a plan.</summary>
    /// <exception cref="GrokException">The rows do not fit the model.</exception>
    public static EncodedRows Of(TrainingPlan plan) => new(plan);

    /// <summary>Rows scored in one run: as few runs as allowed for the largest split, as even as possible.</summary>
    internal static int ScoreBatchOf(TrainingPlan plan)
    {
        var largest = plan.Scored.Select(split => split.Value.Rows).Append(plan.Train.Rows).Max();
        return CeilingOf(largest, CeilingOf(largest, plan.ScoreRows));
    }

    private static int CeilingOf(int dividend, int divisor) => (dividend + divisor - 1) / divisor;
}

/// <summary>A split as the tensors that a scoring session takes; rows beyond its end are zeros, which are valid inputs.</summary>
internal sealed class EncodedSplit
{
    public EncodedSplit(string name, Table table, string input, DatasetFacts facts, int rows)
    {
        Name = name;
        var all = RowEncoding.Input(input, table, facts);
        var targets = RowEncoding.Target(table, facts);
        Rows = table.Rows;
        Reals = facts.IsReal ? targets.AsSpan<float>().ToArray() : [];
        Targets = facts.IsReal ? [] : [.. targets.AsSpan<long>().ToArray().Select(target => (int)target)];
        var (part, type) = (all.Bytes.Length / table.Rows * rows, new TensorType(all.Type.Element, all.Shape.With(0, rows)));
        for (var at = 0; at < all.Bytes.Length; at += part)
        {
            var tensor = new Tensor(type);
            all.Bytes[at..Math.Min(at + part, all.Bytes.Length)].CopyTo(tensor.Bytes);
            Parts.Add(tensor);
        }
    }

    public string Name { get; }

    public List<Tensor> Parts { get; } = [];

    public int Rows { get; }

    // The class of each row, or the tokens of its answer; empty for real targets.
    public int[] Targets { get; }

    // The real targets, row-major; empty for classes.
    public float[] Reals { get; }
}
