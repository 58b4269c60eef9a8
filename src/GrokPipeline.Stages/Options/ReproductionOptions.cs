using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Reproductions;

namespace GrokPipeline.Stages.Options;

/// <summary>
/// The section <c>reproduction</c>: which published result the pipeline repeats, and what must come out. Run with
/// <c>grokpipe reproduce</c>.
/// </summary>
public sealed record ReproductionOptions : IOptions
{
    private static readonly string[] _classes = ["A", "B", "C"];

    /// <summary>A short name, also that of its folder: <c>C1f</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>What it shows, in a few words.</summary>
    public string Title { get; init; } = "";

    /// <summary>Paper, arXiv identifier and figure.</summary>
    public string Source { get; init; } = "";

    /// <summary>A: at most two minutes on two cores; B: up to an hour; C: wants a GPU.</summary>
    public string Class { get; init; } = "";

    /// <summary>Updates and floating-point operations of all its trainings.</summary>
    public string Cost { get; init; } = "";

    /// <summary>What the paper leaves out, and what was taken instead.</summary>
    public ImmutableArray<string> OurChoices { get; init; } = [];

    /// <summary>Tables that are computed without training, as views for statements: <c>analytic_addition</c>, <c>linear_structure</c>.</summary>
    public ImmutableArray<string> Tables { get; init; } = [];

    /// <summary>
    /// Experiments that are run whole, with exports, evaluation and probes. Default none where there are sweeps or tables, else all.
    /// </summary>
    public ImmutableArray<string> Experiments { get; init; } = [];

    /// <summary>What must come out.</summary>
    public ImmutableArray<StatementOptions> Statements { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Names.IsSound(Id)) { yield return new("id", $"id is '{Id}', which cannot be a folder's name. {Names.Rule}"); }
        foreach (var (name, text) in ((string, string)[])[("title", Title), ("source", Source), ("cost", Cost)])
        {
            if (text.Length == 0) { yield return new(name, $"{name} is missing."); }
        }
        if (!_classes.Contains(Class)) { yield return new("class", $"class is '{Class}'; give A, B or C."); }
        foreach (var name in Tables.Where(name => !ComputedTables.All.ContainsKey(name)))
        {
            yield return new("tables", $"there is no table named '{name}'.{DidYouMean.Of(name, ComputedTables.All.Keys)} "
                + $"Known: {string.Join(", ", ComputedTables.All.Keys)}.");
        }
        if (Statements.Length == 0) { yield return new("statements", "statements is empty; say what must come out."); }
    }
}

/// <summary>One thing that must come out: a number, and what it may be.</summary>
public sealed record StatementOptions : IOptions
{
    /// <summary>The statement as a sentence.</summary>
    public string Text { get; init; } = "";

    /// <summary>The published value with the tag of its provenance: <c>.865 [F]</c>.</summary>
    public string Published { get; init; } = "";

    /// <summary>
    /// One SELECT that gives one number, over the views of <c>grokpipe query</c> and a few more: <c>ends</c>, <c>at_memorization</c> and
    /// <c>plateaus</c>. NaN and NULL mean "not reached".
    /// </summary>
    public string Value { get; init; } = "";

    /// <summary><c>2000..4200</c>, a bound as <c>&lt;= 0.85</c>, or <c>never</c>.</summary>
    public AcceptedRange? Accept { get; init; }

    /// <summary>Where the accepted range comes from.</summary>
    public string Band { get; init; } = "OUR CHOICE";

    /// <summary>What is known about why it does not hold; empty where it does.</summary>
    public string Analysis { get; init; } = "";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var (name, text) in ((string, string)[])[("text", Text), ("published", Published), ("value", Value)])
        {
            if (text.Length == 0) { yield return new(name, $"{name} is missing."); }
        }
        if (Accept is null) { yield return new("accept", "accept is missing; give a range as 2000..4200, a bound as '<= 0.85', or never."); }
    }
}
