using GrokPipeline.Reports;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Reporting;

/// <summary><c>models/index.html</c>: one line for each experiment that has a report, those of other pipelines included.</summary>
internal static class IndexFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "index.html";

    /// <summary>Writes the page.</summary>
    public static void Write(PipelineFile file, Workspace workspace, ITableStore store)
    {
        if (!Directory.Exists(workspace.Models)) { return; }
        var entries = Directory.EnumerateDirectories(workspace.Models).Select(Path.GetFileName).OfType<string>()
            .Where(name => File.Exists(Path.Combine(workspace.Experiment(name), Report.Folder, Report.FileName)))
            .OrderBy(name => file.Experiments.Select(experiment => experiment.Name).ToList().IndexOf(name) is >= 0 and var at
                ? at
                : int.MaxValue)
            .ThenBy(name => name, StringComparer.Ordinal)
            .Select(name => Entry(name, workspace, store)).OfType<IndexEntry>().ToArray();
        if (entries.Length > 0) { workspace.Files.ReplaceText(Path.Combine(workspace.Models, FileName), IndexPage.Write(entries)); }
    }

    private static IndexEntry? Entry(string name, Workspace workspace, ITableStore store)
    {
        var root = workspace.Experiment(name);
        try
        {
            var train = StageRecord.Read(Path.Combine(root, Train.Checkpoints));
            var report = StageRecord.Read(Path.Combine(root, Report.Folder));
            if (train is null || report is null) { return null; }
            var curves = ReportGathering.Curves(store.Read(Path.Combine(root, Train.Metrics, Train.MetricsName)));
            var verdict = new ReportVerdict(
                (string?)train.Facts["verdict"] ?? "", (long?)train.Facts["memorization_step"],
                (long?)train.Facts["generalization_step"], []);
            return new IndexEntry(
                name, (string?)report.Options["title"] ?? name, verdict,
                curves.FirstOrDefault(curve => curve is { Split: "validation", Metric: "accuracy" }),
                Results.Accuracies(Results.Scores(root, store)));
        }
        catch (GrokException)
        {
            return null;                // a damaged experiment is told by its own run; it must not hide the others
        }
    }
}
