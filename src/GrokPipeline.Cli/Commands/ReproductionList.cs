using System.Text.Json.Nodes;
using GrokPipeline.Stages.Reproductions;

namespace GrokPipeline.Cli.Commands;

/// <summary>What <c>grokpipe reproduce --list</c> says: every row, those that cannot run too.</summary>
internal static class ReproductionList
{
    /// <summary>Writes the list, as a document or as text.</summary>
    public static ExitCode Write(Invocation invocation, string verb)
    {
        var rows = new JsonArray([.. ReproductionCatalogue.All.Select(row => (JsonNode)new JsonObject
        {
            ["id"] = row.Options.Id, ["title"] = row.Options.Title, ["source"] = row.Options.Source, ["class"] = row.Options.Class,
            ["cost"] = row.Options.Cost, ["statements"] = row.Options.Statements.Length,
            ["missing"] = row.Missing.Length == 0 ? null : row.Missing,
        })]);
        return invocation.Answer(verb, new JsonObject { ["rows"] = rows }, output =>
        {
            foreach (var row in ReproductionCatalogue.All)
            {
                var options = row.Options;
                output.WriteLine($"{options.Id,-5} {options.Class}  {options.Title}");
                output.WriteLine($"         {options.Source}; {options.Cost}");
                if (row.Missing.Length > 0) { output.WriteLine($"         cannot run in this build: {row.Missing}"); }
            }
            output.WriteLine("A: at most two minutes on two cores; B: up to an hour; C: wants a GPU.");
        });
    }
}

/// <summary>An outcome as text: a line for each statement.</summary>
internal static class ReproductionText
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, ReproductionOutcome outcome)
    {
        output.WriteLine($"{outcome.Row.Options.Id}: {outcome.Row.Options.Title}");
        foreach (var judged in outcome.Statements)
        {
            var statement = judged.Statement;
            output.WriteLine($"  {ReproductionRecord.Word(judged.Outcome),-10}  {statement.Text}");
            output.WriteLine(
                $"              published {statement.Published}; accepted {statement.Accept} ({statement.Band}); ours "
                + (judged.Outcome == StatementOutcome.NotJudged ? "–" : ReproductionRecord.Number(judged.Value)));
            if (judged.Outcome == StatementOutcome.Fail && statement.Analysis.Length > 0)
            {
                output.WriteLine($"              {statement.Analysis}");
            }
        }
        if (outcome.Error is not null) { return; }
        output.WriteLine(outcome.Trained == 0 ? "  Nothing to train: all results are there." : $"  {outcome.Trained} trainings now.");
        if (outcome.Outcome != StatementOutcome.NotJudged) { output.WriteLine($"  report  {outcome.Folder}/report/report.html  (open offline)"); }
    }
}
