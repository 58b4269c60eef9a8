using System.Collections.Immutable;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Evaluations;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>Asks every statement of a row for its number over empty results, so that a wrong name is told before anything is trained.</summary>
internal sealed class StatementCheck(ReproductionOptions row, ITableStore store, SqlQuery query)
{
    /// <summary>Checks all statements.</summary>
    /// <exception cref="GrokException">A value is no SELECT with one number; the message names the statement.</exception>
    public void Check(PipelineFile file, ImmutableArray<SweepPlan> plans)
    {
        var folder = Directory.CreateTempSubdirectory("grokpipe-statements-").FullName;
        try
        {
            var views = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["metrics"] = [Write(folder, "metrics", new TableBuilder(MetricsLog.Schema).ToTable())],
                ["evaluation"] = [Write(folder, "evaluation", new TableBuilder(Evaluate.Schema).ToTable())],
                ["trajectory"] = [Write(folder, "trajectory", new TableBuilder(TrajectoryScores.Schema).ToTable())],
                ["probes"] = [Write(folder, "probes", FindingsTable.Of([]))],
            };
            if (!plans.IsEmpty)
            {
                views["members"] = [.. plans.Select(plan => Write(folder, $"members-{plan.Sweep}", Members(file, plan)))];
                views["curves"] = [.. plans.Select(plan => Write(folder, $"curves-{plan.Sweep}", SweepTables.Curves(plan, [])))];
            }
            foreach (var name in row.Tables)
            {
                views[name] = [Write(folder, name, new TableBuilder(ComputedTables.All[name].Schema).ToTable())];
            }
            for (var i = 0; i < row.Statements.Length; i++) { StatementJudge.Value(row, i, query, views, [folder]); }
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private string Write(string folder, string name, Table table)
    {
        var path = Path.Combine(folder, $"{name}.parquet");
        store.Write(path, table);
        return path;
    }

    // No member, but the columns that their table will have.
    private static Table Members(PipelineFile file, SweepPlan plan)
    {
        var definitions = file.Find(file.FindSweep(plan.Sweep).Options.Experiment).Options.Grokking;
        var members = SweepTables.Members(plan, SweepSummary.Of(plan.Members.Select(member => new SweepMember
        {
            Index = member.Index, Id = member.Id, Settings = member.Settings, Seed = member.Seed, Ending = MemberEnding.Failed, Error = "",
            Budget = 1, Steps = 0, Definitions = definitions, Curve = [],
        })));
        return new TableBuilder(members.Schema).ToTable();
    }
}
