using System.Collections.Immutable;
using GrokPipeline.Stages.Options;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>What became of a statement.</summary>
public enum StatementOutcome
{
    /// <summary>Nothing was run, or too few steps.</summary>
    NotJudged,

    /// <summary>The number is accepted.</summary>
    Pass,

    /// <summary>It is not.</summary>
    Fail,
}

/// <summary>A statement with our number.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Value">Our number; null when nothing was reached or judged.</param>
/// <param name="Outcome">Whether it holds.</param>
public sealed record JudgedStatement(StatementOptions Statement, double? Value, StatementOutcome Outcome);

/// <summary>Answers a SELECT over views of files.</summary>
/// <param name="sql">The statement.</param>
/// <param name="views">Names of views with their files.</param>
/// <param name="folders">Folders whose files may be read.</param>
public delegate Table SqlQuery(string sql, IReadOnlyDictionary<string, string[]> views, IReadOnlyList<string> folders);

/// <summary>Asks the results for the numbers of statements.</summary>
internal static class StatementJudge
{
    /// <summary>Every statement with its number.</summary>
    /// <exception cref="GrokException">A number cannot be asked for; the message names the statement.</exception>
    public static ImmutableArray<JudgedStatement> Judge(
        ReproductionOptions row, SqlQuery query, IReadOnlyDictionary<string, string[]> views, IReadOnlyList<string> folders) =>
    [
        .. row.Statements.Select((statement, i) =>
        {
            var value = Value(row, i, query, views, folders);
            // It was checked when the file was read.
            return new JudgedStatement(
                statement, value, statement.Accept!.Value.Holds(value) ? StatementOutcome.Pass : StatementOutcome.Fail);
        }),
    ];

    /// <summary>The number of a statement; null for NULL and NaN.</summary>
    public static double? Value(
        ReproductionOptions row, int index, SqlQuery query, IReadOnlyDictionary<string, string[]> views, IReadOnlyList<string> folders)
    {
        try
        {
            var table = query(StatementQuery.Of(row.Statements[index].Value), views, folders);
            return table.Rows == 1 && table.Float64("value")[0] is var number && !double.IsNaN(number) ? number : null;
        }
        catch (GrokException error)
        {
            throw new GrokException(
                $"its value cannot be asked for: {error.Problem}{Near(error)}",
                "Give one SELECT with one number over the views of grokpipe query, ends, at_memorization or plateaus.",
                $"{row.Id}: reproduction.statements[{index}].value", error.Kind, error);
        }
    }

    // The engine's own suggestion stands on a line of its own, below what is wrong.
    private static string Near(GrokException error) => (error.InnerException?.Message.Split('\n') ?? []).Skip(1)
        .FirstOrDefault(line => line.Contains("Did you mean", StringComparison.Ordinal)
            || line.Contains("Candidate", StringComparison.Ordinal)) is { } line ? $" {line.Trim().TrimEnd('.')}." : "";
}
