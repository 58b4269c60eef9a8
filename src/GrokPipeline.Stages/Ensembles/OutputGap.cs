using System.Globalization;

namespace GrokPipeline.Stages.Ensembles;

/// <summary>How far one output of an ensemble is from what its members say, on one distribution.</summary>
/// <param name="name">The output's name.</param>
/// <param name="distribution">On which rows.</param>
/// <param name="scale">What differences are a share of at least: 1 for shares; else grows with what is seen.</param>
internal sealed class OutputGap(string name, string distribution, double scale = 0)
{
    private (long Row, double Given, double Wanted) _worst;

    /// <summary>The largest difference.</summary>
    public double Absolute { get; private set; }

    /// <summary>The largest number wanted.</summary>
    public double Scale { get; private set; } = scale;

    /// <summary>The largest difference as a share of the scale.</summary>
    public double Relative => Absolute == 0 ? 0 : Absolute / Scale;

    /// <summary>Compares two numbers.</summary>
    /// <param name="given">The ensemble's.</param>
    /// <param name="wanted">The members'.</param>
    /// <param name="row">On which row of the distribution.</param>
    /// <exception cref="GrokException">One of them is no finite number.</exception>
    public void See(double given, double wanted, long row)
    {
        if (!double.IsFinite(given) || !double.IsFinite(wanted)) { throw Wrong(name, distribution, row, given, wanted); }
        Scale = Math.Max(Scale, Math.Abs(wanted));
        var difference = Math.Abs(given - wanted);
        if (difference > Absolute) { (Absolute, _worst) = (difference, (row, given, wanted)); }
    }

    /// <summary>Makes the scale at least so large.</summary>
    public void Widen(double scale) => Scale = Math.Max(Scale, scale);

    /// <summary>Ends the comparison.</summary>
    /// <exception cref="GrokException">The largest difference is beyond the tolerance; says on which row.</exception>
    public void Require(double tolerance)
    {
        if (Relative > tolerance) { throw Wrong(name, distribution, _worst.Row, _worst.Given, _worst.Wanted); }
    }

    /// <summary>The error of an output that is another than the members say.</summary>
    public static GrokException Wrong(string name, string distribution, long row, double given, double wanted) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"'{name}' of the ensemble on {distribution}, row {row}, is {given:R}; its members give {wanted:R}."),
        double.IsFinite(given) && double.IsFinite(wanted)
            ? "This points to a mistake in the writer or in ONNX Runtime; report it."
            : "A member has no finite answer there; leave it out.",
        kind: ProblemKind.Failed);
}
