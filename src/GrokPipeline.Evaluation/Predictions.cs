using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>What a model said about each row, and what would have been right. One entry per input row, in the table's order.</summary>
public sealed class Predictions
{
    private Predictions(int classes, float[] logits, long[] targets)
    {
        Classes = classes;
        Logits = logits;
        Targets = targets;
        Predicted = new int[targets.Length];
        Loss = new double[targets.Length];
        Confidence = new double[targets.Length];
        SquaredError = new double[targets.Length];
        for (var row = 0; row < targets.Length; row++) { Judge(row); }
    }

    /// <summary>How many rows.</summary>
    public int Rows => Targets.Length;

    /// <summary>How many classes the model tells apart.</summary>
    public int Classes { get; }

    /// <summary>Scores before the softmax, shape [rows, classes], as the model gave them.</summary>
    public float[] Logits { get; }

    /// <summary>The right class of each row.</summary>
    public long[] Targets { get; }

    /// <summary>The class of the largest logit; the lowest class wins a tie. −1 where a logit is not a number.</summary>
    public int[] Predicted { get; }

    /// <summary>−log of the probability given to the right class, in nats, computed in float64.</summary>
    public double[] Loss { get; }

    /// <summary>The largest probability.</summary>
    public double[] Confidence { get; }

    /// <summary>Σ over classes of (probability − truth)², in [0, 2] (Brier 1950).</summary>
    public double[] SquaredError { get; }

    /// <summary>Scores all rows of a table in batches.</summary>
    /// <param name="model">A session of the model; its batch axis is free, as in exported files.</param>
    /// <param name="input">The model's data input: <c>tokens</c>, <c>operands</c> or <c>features</c>.</param>
    /// <param name="output">The name of its logits.</param>
    /// <param name="table">The rows.</param>
    /// <param name="facts">What the columns mean.</param>
    /// <param name="batch">Rows per call, at least 1.</param>
    /// <exception cref="GrokException">A label is not a class of the model.</exception>
    public static Predictions Of(
        ISession model, string input, string output, Table table, DatasetFacts facts, int batch = 1024)
    {
        var targets = RowEncoding.Target(table, facts).AsSpan<long>().ToArray();
        foreach (var target in targets)
        {
            if (target < 0 || target >= facts.Classes)
            {
                throw new GrokException(
                    $"A row has the label {target}; the model tells apart the classes 0 to {facts.Classes - 1}.",
                    $"Check the column '{facts.Target}'.", kind: ProblemKind.Integrity);
            }
        }
        return new(facts.Classes, Batches.Run(model, input, output, table, facts, [facts.Classes], batch), targets);
    }

    private void Judge(int row)
    {
        var logits = Logits.AsSpan(row * Classes, Classes);
        var best = 0;
        for (var c = 1; c < Classes; c++)
        {
            if (logits[c] > logits[best]) { best = c; }
        }
        double total = 0;
        foreach (var logit in logits) { total += Math.Exp((double)logit - logits[best]); }
        if (!double.IsFinite(total))
        {
            (Predicted[row], Loss[row], Confidence[row], SquaredError[row]) = (-1, double.NaN, double.NaN, double.NaN);
            return;
        }
        Predicted[row] = best;
        Loss[row] = Math.Log(total) - ((double)logits[(int)Targets[row]] - logits[best]);
        Confidence[row] = 1 / total;
        double squared = 0;
        for (var c = 0; c < Classes; c++)
        {
            var error = (Math.Exp((double)logits[c] - logits[best]) / total) - (c == Targets[row] ? 1 : 0);
            squared += error * error;
        }
        SquaredError[row] = squared;
    }
}
