using System.Collections.Immutable;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="LinearProbe"/>.</summary>
public sealed record LinearProbeOptions : IOptions
{
    /// <summary>The controls that exist.</summary>
    public static ImmutableArray<string> KnownControls { get; } = ["shuffled_labels", "random_init"];

    /// <summary>The activations to read, each by itself: <c>hidden.0</c>, <c>blocks.0.resid_post</c>; <c>*</c>, the default, for
    /// all.</summary>
    public ActivationList At { get; init; } = ActivationList.All;

    /// <summary>
    /// What to predict from it: an integer column (the label, an operand, a subclass), or an expression over columns that gives integers,
    /// or true and false: <c>a % 2</c>, <c>c &lt; 10</c>.
    /// </summary>
    public string Target { get; init; } = "";

    /// <summary>Which positions of an activation of several are read. Default last, where the model gives its answer.</summary>
    public Positions Positions { get; init; } = Positions.Last;

    /// <summary>How the classifier is fitted. Default logistic.</summary>
    public LinearSolver Solver { get; init; } = LinearSolver.Logistic;

    /// <summary>
    /// Parts of a cross-validation: each is scored by a probe that was fitted to the others. From 2 to 100; default 5. Not used with
    /// <c>train_fraction</c>.
    /// </summary>
    public int Folds { get; init; } = 5;

    /// <summary>Instead of folds: the share of the rows that the probe is fitted to, in (0, 1); the others are scored.</summary>
    public double? TrainFraction { get; init; }

    /// <summary>How often all is done again with the rows in another order, at least 1. Default 1.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Controls beside the probe: <c>shuffled_labels</c>, <c>random_init</c>.</summary>
    public ImmutableArray<string> Controls { get; init; } = ["shuffled_labels", "random_init"];

    /// <summary>Most rows per repetition, drawn at random when there are more; at least 10.</summary>
    public int MaxRows { get; init; } = 2000;

    /// <summary>L2 penalty, half of it times the squared weights per fitted row; not on the intercept. At least 0.</summary>
    public double L2 { get; init; } = 1e-3;

    /// <summary>Most iterations of the logistic solver (L-BFGS); at least 1.</summary>
    public int MaxIterations { get; init; } = 30;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in At.Problems("hidden.0")) { yield return problem; }
        if (string.IsNullOrWhiteSpace(Target))
        {
            yield return new(
                "target", "target is missing; name an integer column such as c or subclass, or give an expression such as a % 2.");
        }
        if (Folds is < 2 or > 100) { yield return new("folds", $"folds is {Folds}; give a number from 2 to 100, usually 5."); }
        if (TrainFraction is { } fraction && fraction is not (> 0 and < 1))
        {
            yield return new("train_fraction", $"train_fraction is {fraction}; give a number in (0, 1), usually 0.7.");
        }
        if (Repeats is < 1 or > 1000) { yield return new("repeats", $"repeats is {Repeats}; give a number from 1 to 1000."); }
        if (MaxRows < 10) { yield return new("max_rows", $"max_rows is {MaxRows}; give at least 10."); }
        if (L2 is not (>= 0 and < double.PositiveInfinity)) { yield return new("l2", $"l2 is {L2}; give a number of at least 0."); }
        if (MaxIterations < 1) { yield return new("max_iterations", $"max_iterations is {MaxIterations}; give at least 1."); }
        foreach (var control in Controls.Where(control => !KnownControls.Contains(control)))
        {
            yield return new(
                "controls",
                $"There is no control named '{control}'.{Spelling.Suggestion(control, KnownControls)} Use: {string.Join(", ", KnownControls)}.");
        }
    }
}

/// <summary>How the classifier of a linear probe is fitted.</summary>
public enum LinearSolver
{
    /// <summary>Multinomial logistic regression with L-BFGS: the maximum of the likelihood.</summary>
    Logistic,

    /// <summary>
    /// Least squares on one-hot classes with an L2 penalty, in closed form: several times faster, for looking at many layers and
    /// checkpoints. With few rows for each class it finds less than the logistic one.
    /// </summary>
    Ridge,
}
