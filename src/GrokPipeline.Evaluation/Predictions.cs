using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>What a model said about each row, and what would have been right. One entry per input row, in the table's order.</summary>
public sealed class Predictions
{
    /// <summary>Makes room for rows; they are filled by a <see cref="BatchScorer"/>.</summary>
    /// <param name="classes">Classes that the model tells apart, at least 1.</param>
    /// <param name="targets">The right class of each row.</param>
    /// <param name="parts">What is wanted; arrays of what is not are empty.</param>
    internal Predictions(int classes, long[] targets, PredictionParts parts)
        : this(classes, targets, parts, 1)
    {
    }

    private Predictions(int classes, long[] targets, PredictionParts parts, int answerLength)
    {
        AnswerLength = answerLength;
        (Classes, Targets, Parts) = (classes, targets, parts);
        Predicted = new int[targets.Length];
        var numbers = parts >= PredictionParts.Probabilities ? targets.Length / answerLength : 0;
        Loss = new double[numbers];
        Confidence = new double[numbers];
        SquaredError = new double[numbers];
        Margin = new double[numbers];
        LogOdds = parts >= PredictionParts.LogOdds ? new float[checked(targets.Length * classes)] : [];
    }

    /// <summary>What was worked out; arrays of what was not are empty.</summary>
    public PredictionParts Parts { get; }

    /// <summary>How many tokens an answer has, at least 1.</summary>
    public int AnswerLength { get; }

    /// <summary>How many rows.</summary>
    public int Rows => Targets.Length / AnswerLength;

    /// <summary>How many classes the model tells apart.</summary>
    public int Classes { get; }

    /// <summary>The right class of each row, of answers of several tokens that of each token, row after row.</summary>
    public long[] Targets { get; }

    /// <summary>As <see cref="Targets"/>: the class of the largest logit; the lowest class wins a tie. −1 where a logit is not a number.</summary>
    public int[] Predicted { get; }

    /// <summary>
    /// −log of the probability given to the right class, in nats: within 3e-6 of its value computed in float64, however small it is
    /// (<c>docs/numerics.md</c>). Of answers of several tokens the mean over them.
    /// </summary>
    public double[] Loss { get; }

    /// <summary>The largest probability; of answers of several tokens the product over them.</summary>
    public double[] Confidence { get; }

    /// <summary>Σ over classes of (probability − truth)², in [0, 2] (Brier 1950); of answers of several tokens the mean over them.</summary>
    public double[] SquaredError { get; }

    /// <summary>
    /// The right class's logit minus the largest of the others: above 0 exactly where the row is right without a tie. Of answers of several
    /// tokens the least of them.
    /// </summary>
    public double[] Margin { get; }

    /// <summary>
    /// log(p / (1 − p)) of each class, shape [rows, classes]: orders rows as p does and still tells apart those whose p rounds to 0 or 1.
    /// Empty unless asked for, and for answers of several tokens.
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
                if (IsRight(row)) { correct++; }
            }
            return correct;
        }
    }

    /// <summary>Whether a row was predicted right.</summary>
    public bool IsRight(int row)
    {
        for (var at = row * AnswerLength; at < (row + 1) * AnswerLength; at++)
        {
            if (Predicted[at] != Targets[at]) { return false; }
        }
        return true;
    }

    /// <summary>Rows of several tokens each, from predictions of the tokens one by one.</summary>
    /// <param name="answerLength">Tokens of a row.</param>
    internal Predictions Joined(int answerLength)
    {
        var joined = new Predictions(Classes, Targets, (PredictionParts)Math.Min((int)Parts, (int)PredictionParts.Probabilities), answerLength);
        Predicted.CopyTo(joined.Predicted.AsSpan());
        for (var row = 0; row < joined.Loss.Length; row++)
        {
            var (first, loss, confidence, squared, margin) = (row * answerLength, 0.0, 1.0, 0.0, double.PositiveInfinity);
            for (var at = first; at < first + answerLength; at++)
            {
                loss += Loss[at];
                confidence *= Confidence[at];
                squared += SquaredError[at];
                margin = Math.Min(margin, Margin[at]);                            // NaN when one is
            }
            (joined.Loss[row], joined.Confidence[row]) = (loss / answerLength, confidence);
            (joined.SquaredError[row], joined.Margin[row]) = (squared / answerLength, margin);
        }
        return joined;
    }

    /// <summary>Scores all rows of a table in batches.</summary>
    /// <param name="model">A session of the model; its batch axis is free, as in exported files.</param>
    /// <param name="input">The model's data input: <c>tokens</c>, <c>operands</c> or <c>features</c>.</param>
    /// <param name="output">The name of its logits.</param>
    /// <param name="table">The rows.</param>
    /// <param name="facts">What the columns mean.</param>
    /// <param name="batch">Rows per call, at least 1.</param>
    /// <param name="parts">What is wanted.</param>
    /// <exception cref="GrokException">A label is not a class of the model, or a feature is not finite.</exception>
    public static Predictions Of(
        ISession model, string input, string output, Table table, DatasetFacts facts, int batch = 1024,
        PredictionParts parts = PredictionParts.Probabilities) => new BatchScorer(model, input, output, facts, batch, parts).Score(table);
}
