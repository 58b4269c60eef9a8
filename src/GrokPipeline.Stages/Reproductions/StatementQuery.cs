using System.Text.RegularExpressions;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>
/// The SQL of a statement's number. Beside the views of <c>grokpipe query</c> it may name <c>ends</c>: the members of sweeps with the last
/// value of each measured split and metric; <c>at_memorization</c>: the same at the memorization step; and <c>plateaus</c>: the best
/// validation accuracy up to that step, of all, and how far the first lies below what train reached.
/// </summary>
internal static class StatementQuery
{
    // Definition 3.1 of Carvalho et al. as docs/verdicts.md reads it, with the memorization step for α₀ and the last train accuracy for
    // the limit, from which the band of 0.01 is taken.
    private const double Band = 0.01;

    private static readonly (string Name, string Sql)[] _views =
    [
        ("ends", """
            ends AS (SELECT m.*, c.split, c.metric, arg_max(c.value, c.step) AS value
            FROM members m JOIN curves c ON c.plan = m.plan AND c."index" = m."index" GROUP BY ALL)
            """),
        ("at_memorization", """
            at_memorization AS (SELECT m.*, c.split, c.metric, c.value
            FROM members m JOIN curves c ON c.plan = m.plan AND c."index" = m."index" AND c.step = m.memorization_step)
            """),
        ("plateaus", $"""
            plateaus AS (SELECT m.*, p.plateau, m.best_validation_accuracy - p.plateau AS jump,
            m.train_accuracy - {Band} - p.plateau AS delta_s
            FROM members m JOIN (SELECT n.plan, n."index", max(c.value) AS plateau FROM members n JOIN curves c
            ON c.plan = n.plan AND c."index" = n."index" AND c.step <= n.memorization_step
            WHERE c.split = 'validation' AND c.metric = 'accuracy' GROUP BY ALL) p ON p.plan = m.plan AND p."index" = m."index")
            """),
    ];

    /// <summary>The whole statement: one row with one column, <c>value</c>.</summary>
    /// <param name="value">The SELECT of the statement.</param>
    public static string Of(string value)
    {
        var used = _views.Where(view => Regex.IsMatch(value, $@"\b{view.Name}\b")).Select(view => view.Sql).ToArray();
        var before = used.Length == 0 ? "" : $"WITH {string.Join(", ", used)} ";
        return $"{before}SELECT CAST(({value.Trim().TrimEnd(';')}) AS DOUBLE) AS value";
    }
}
