using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>How an attribute says a class.</summary>
public enum AttributeCode
{
    /// <summary>One feature: class c of C is <c>amplitude·(2c/(C − 1) − 1)</c>, from −amplitude to amplitude.</summary>
    Level,

    /// <summary>As many features as classes: amplitude at the class, 0 at the others.</summary>
    OneHot,
}

/// <summary>What an attribute says.</summary>
public enum AttributeValue
{
    /// <summary>The row's label.</summary>
    Label,

    /// <summary>One of the other labels, each equally likely.</summary>
    Other,
}

/// <summary>Options of <see cref="SpuriousAttribute"/>.</summary>
public sealed record SpuriousAttributeOptions : IOptions
{
    /// <summary>The split whose rows get the attribute. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>Share of the rows that get it, in [0, 1]; the others keep the features that they have. Default 0.95.</summary>
    public double Rate { get; init; } = 0.95;

    /// <summary>The first feature that is overwritten, from 0. Default: the last that leaves room.</summary>
    public int? At { get; init; }

    /// <summary>How it says a class. Default level.</summary>
    public AttributeCode Code { get; init; } = AttributeCode.Level;

    /// <summary>The label, or one of the others: a shortcut that misleads. Default label.</summary>
    public AttributeValue Value { get; init; } = AttributeValue.Label;

    /// <summary>Its size, above 0 and up to 1e6. Default 1.</summary>
    public double Amplitude { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Rate is >= 0 and <= 1)) { yield return new("rate", $"rate is {Rate}; give a number from 0 (no row) to 1 (all)."); }
        if (!Enum.IsDefined(Code)) { yield return new("code", "give level or one_hot."); }
        if (!Enum.IsDefined(Value)) { yield return new("value", "give label or other."); }
        if (!(Amplitude is > 0 and <= 1e6)) { yield return new("amplitude", $"amplitude is {Amplitude}; give a number above 0, usually 1."); }
    }
}

/// <summary>
/// Rows in which some features are overwritten by a shortcut: what stands there says the label, in a share of the rows. As a shift of train
/// with one rate and of another distribution with another rate, or with another label, it is an attribute that goes with the label in
/// train only. Column <c>planted</c> says which rows got it; more rows get it with a higher rate, never others.
/// </summary>
public sealed class SpuriousAttribute(SpuriousAttributeOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Subpopulation;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action =>
        $", a share of {options.Rate} with a feature that says {(options.Value == AttributeValue.Label ? "the label" : "another label")}";

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split)
    {
        var (facts, last) = (dataset.Facts, LastStart(dataset.Facts));
        foreach (var problem in Problem.OfClasses("spurious_attribute", dataset)) { yield return problem; }
        if (facts.Features is null)
        {
            yield return new("kind", "spurious_attribute needs a dataset of features, such as sparse_parity.");
        }
        else if (last < 0)
        {
            yield return new("code", $"one_hot needs {facts.Classes} features, a row has {facts.FeatureCount}; give level.");
        }
        else if (options.At < 0 || options.At > last) { yield return new("at", $"at is {options.At}; give 0 to {last}."); }
    }

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        var facts = input.Dataset.Facts;
        var (column, at) = (rows.Schema[facts.Features ?? "x"], options.At ?? LastStart(facts));
        var (x, planted, order) = (rows.Vector(column.Name).ToArray(), new bool[rows.Rows], Enumerable.Range(0, rows.Rows).ToArray());
        input.Seed.Derive("rows").Stream().Shuffle(order.AsSpan());
        foreach (var row in order.AsSpan(0, (int)Math.Round((decimal)options.Rate * rows.Rows, MidpointRounding.AwayFromZero)))
        {
            planted[row] = true;
            var said = (int)rows.Int64(facts.Target)[row];
            if (options.Value == AttributeValue.Other)
            {
                // One draw per row by its own name, as for noise of labels.
                var other = input.Seed.Derive($"label/{row}").Stream().NextBelow(facts.Classes - 1);
                said = other < said ? other : other + 1;
            }
            Write(x.AsSpan((row * column.Width) + at, Features(facts)), said, facts.Classes);
        }
        return rows.With(
            ColumnValues.Vector(column.Name, column.Width, x, column.Description),
            ColumnValues.Of("planted", planted, "True where the attribute was written"));
    }

    private void Write(Span<float> features, int said, int classes)
    {
        if (options.Code == AttributeCode.Level)
        {
            features[0] = (float)(options.Amplitude * ((2.0 * said / (classes - 1)) - 1));
            return;
        }
        features.Clear();
        features[said] = (float)options.Amplitude;
    }

    private int Features(DatasetFacts facts) => options.Code == AttributeCode.Level ? 1 : facts.Classes;

    private int LastStart(DatasetFacts facts) => facts.FeatureCount - Features(facts);
}
