using GrokPipeline.Data;
using GrokPipeline.Evaluation.Scores;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>What a model said about each row, and what would have been right. One entry per input row, in the table's order.</summary>
public sealed class Predictions
{
    private readonly SoftmaxRow _softmax;

    /// <summary>Makes room for rows; they are filled by a <see cref="BatchScorer"/>.</summary>
    /// <param name="classes">Classes that the model tells apart, at least 1.</param>
    /// <param name="targets">The right class of each row.</param>
    /// <param name="withOdds">Whether <see cref="LogOdds"/> is wanted too.</param>
    internal Predictions(int classes, long[] targets, bool withOdds)
    {
        Classes = classes;
        Targets = targets;
        Predicted = new int[targets.Length];
        Loss = new double[targets.Length];
        Confidence = new double[targets.Length];
        SquaredError = new double[targets.Length];
        Margin = new double[targets.Length];
        LogOdds = withOdds ? new float[checked(targets.Length * classes)] : [];
        _softmax = new SoftmaxRow(classes);
    }

    /// <summary>How many rows.</summary>
    public int Rows => Targets.Length;

    /// <summary>How many classes the model tells apart.</summary>
    public int Classes { get; }

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

    /// <summary>The right class's logit minus the largest of the others: above 0 exactly where the row is right without a tie.</summary>
    public double[] Margin { get; }

    /// <summary>
    /// log(p / (1 − p)) of each class, shape [rows, classes]: orders rows as p does and still tells apart those whose p rounds to 0 or 1.
    /// Empty unless asked for.
    /// </summary>
    public float[] LogOdds { get; }

    /// <summary>How many rows were predicted right.</summary>
    public long Correct
    {
        get
        {
            long correct = 0;
            for (var row = 0; row < Rows; row++)
            {
                if (Predicted[row] == Targets[row]) { correct++; }
            }
            return correct;
        }
    }

    /// <summary>Scores all rows of a table in batches.</summary>
    /// <param name="model">A session of the model; its batch axis is free, as in exported files.</param>
    /// <param name="input">The model's data input: <c>tokens</c>, <c>operands</c> or <c>features</c>.</param>
    /// <param name="output">The name of its logits.</param>
    /// <param name="table">The rows.</param>
    /// <param name="facts">What the columns mean.</param>
    /// <param name="batch">Rows per call, at least 1.</param>
    /// <param name="withOdds">Whether <see cref="LogOdds"/> is wanted too.</param>
    /// <exception cref="GrokException">A label is not a class of the model, or a feature is not finite.</exception>
    public static Predictions Of(
        ISession model, string input, string output, Table table, DatasetFacts facts, int batch = 1024, bool withOdds = false) =>
        new BatchScorer(model, input, output, facts, batch, withOdds).Score(table);

    /// <summary>Judges rows by their logits.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="logits">Scores before the softmax, shape [rows, classes].</param>
    internal void Judge(int first, ReadOnlySpan<float> logits)
    {
        for (var row = first; logits.Length > 0; row++, logits = logits[Classes..]) { JudgeRow(row, logits[..Classes]); }
    }

    private void JudgeRow(int row, ReadOnlySpan<float> logits)
    {
        var target = (int)Targets[row];
        var softmax = _softmax;
        softmax.Read(logits);
        Predicted[row] = softmax.Best;
        if (softmax.Best < 0)
        {
            (Loss[row], Confidence[row], SquaredError[row], Margin[row]) = (double.NaN, double.NaN, double.NaN, double.NaN);
            if (LogOdds.Length > 0) { LogOdds.AsSpan(row * Classes, Classes).Fill(float.NaN); }
            return;
        }
        var (best, total) = (logits[softmax.Best], 1 + softmax.Rest);
        Loss[row] = Math.Log(total) - ((double)logits[target] - best);
        Confidence[row] = 1 / total;
        Margin[row] = (double)logits[target] - (target == softmax.Best ? softmax.Second : best);
        // Σ over all classes of p², with the right one's taken out and put in as (1 − p)².
        var (right, squares) = (softmax.Exponentials[target], softmax.RestOfSquares + 1);
        var miss = target == softmax.Best ? softmax.Rest / total : 1 - (right / total);
        var others = target == softmax.Best ? softmax.RestOfSquares : Math.Max(0, squares - (right * right));
        SquaredError[row] = (miss * miss) + (others / (total * total));
        if (LogOdds.Length == 0) { return; }
        var odds = LogOdds.AsSpan(row * Classes, Classes);
        for (var c = 0; c < Classes; c++)
        {
            var rest = c == softmax.Best ? softmax.Rest : total - softmax.Exponentials[c];
            odds[c] = (float)((double)logits[c] - best - Math.Log(rest));
        }
    }
}
