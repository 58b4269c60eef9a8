using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Losses;

/// <summary>What training makes small: a mean over rows, in the graph and, for the record, on the host.</summary>
public abstract record Loss
{
    /// <summary>The losses that a pipeline file may name.</summary>
    public static Catalogue<Loss> All { get; } = new("loss")
    {
        { "cross_entropy", (CrossEntropyOptions options) => new CrossEntropy(options.Precision) },
        { "squared_error", (SquaredErrorOptions _) => new SquaredError() },
        { "hinge", (HingeOptions _) => new Hinge() },
        { "stablemax", (StableMaxOptions _) => new StableMax() },
    };

    /// <summary>The mean over rows.</summary>
    /// <param name="logits">Float32[batch, classes].</param>
    /// <param name="target">Int64[batch], each from 0 to classes − 1.</param>
    /// <returns>A scalar, at least 0.</returns>
    public abstract Value Of(Value logits, Value target);

    /// <summary>The mean over rows and, where answers have several tokens, over their positions: each token is a row of its own.</summary>
    /// <param name="logits">Float32[batch, classes] or Float32[batch, T, classes].</param>
    /// <param name="target">Int64[batch] or Int64[batch, T].</param>
    /// <returns>A scalar, at least 0.</returns>
    public Value OfAnswers(Value logits, Value target)
    {
        var tokens = target.Shape.Count;
        return target.Shape.Rank == 1 ? Of(logits, target) : Of(logits.Reshape([tokens, logits.Shape[-1]]), target.Reshape([tokens]));
    }

    /// <summary>The loss of one row in double precision: what is logged, whatever the precision of training.</summary>
    /// <param name="logits">The row's scores.</param>
    /// <param name="target">Its class.</param>
    /// <returns>At least 0; NaN when a score is NaN.</returns>
    public abstract double OfRow(ReadOnlySpan<float> logits, int target);

    /// <summary>True when it is defined for real targets too.</summary>
    public virtual bool TakesReal => false;

    /// <summary>The mean over rows of real targets.</summary>
    /// <param name="outputs">Float32[batch, K].</param>
    /// <param name="target">Float32[batch, K].</param>
    /// <returns>A scalar, at least 0.</returns>
    /// <exception cref="GrokException">It is for classes only: <see cref="TakesReal"/> is false.</exception>
    public virtual Value OfReal(Value outputs, Value target) => throw NotForReal();

    /// <summary>The loss of one row of real targets in double precision.</summary>
    /// <param name="outputs">The row's outputs.</param>
    /// <param name="target">Its targets, as many.</param>
    /// <returns>At least 0; NaN when a number is NaN.</returns>
    /// <exception cref="GrokException">It is for classes only: <see cref="TakesReal"/> is false.</exception>
    public virtual double OfRealRow(ReadOnlySpan<float> outputs, ReadOnlySpan<float> target) => throw NotForReal();

    private static GrokException NotForReal() =>
        new("This loss compares scores of classes; the targets are real numbers.", "Use 'loss: squared_error'.");
}

/// <summary>Options of <c>cross_entropy</c>.</summary>
public sealed record CrossEntropyOptions : IOptions
{
    /// <summary>In what training computes the softmax and its gradient. Default float32.</summary>
    public LossPrecision Precision { get; init; } = LossPrecision.Float32;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>In what a loss is computed from float32 logits.</summary>
public enum LossPrecision
{
    /// <summary>Single precision: a loss is exactly 0 once the right score leads by about 17 nats.</summary>
    Float32,

    /// <summary>Double precision (Nanda et al. 2023): exactly 0 at about 37 nats.</summary>
    Float64,
}

/// <summary>Options of <c>squared_error</c>: none.</summary>
public sealed record SquaredErrorOptions : IOptions
{
    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>Options of <c>hinge</c>: none.</summary>
public sealed record HingeOptions : IOptions
{
    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>Options of <c>stablemax</c>: none.</summary>
public sealed record StableMaxOptions : IOptions
{
    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}
