using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using GrokPipeline.Reports;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Reporting;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages;

/// <summary>Writes the report of an experiment from what its other stages wrote.</summary>
internal sealed class Report(ExperimentSetting setting, Train train, Export export, Evaluate evaluate, Probe probe) : Stage
{
    /// <summary>The folder of the report.</summary>
    public const string Folder = RunLayout.Report;

    /// <summary>The page.</summary>
    public const string FileName = "report.html";

    private ExperimentOptions All => setting.Experiment.Options;

    /// <inheritdoc/>
    public override string Kind => "report";

    /// <inheritdoc/>
    public override int Revision => 4;

    /// <inheritdoc/>
    public override string Target => $"{setting.Experiment.Name}/report";

    /// <inheritdoc/>
    public override string? Experiment => setting.Experiment.Name;

    /// <inheritdoc/>
    public override string Root => setting.Root;

    /// <inheritdoc/>
    public override ImmutableArray<string> Outputs => [Folder];

    /// <inheritdoc/>
    public override JsonObject Options => ExperimentSetting.Options(
        ("report", All.Report), ("title", setting.Experiment.Title), ("configuration", setting.Experiment.Resolved),
        ("version", setting.Tools.Version));

    /// <inheritdoc/>
    public override ImmutableArray<StageInput> Inputs =>
    [
        .. setting.Experiment.Distributions.Select(setting.DatasetOf).Prepend(setting.Data).Distinct()
            .Select(data => new StageInput(data, data.Entry.Name, _ => true)),
        new(train, Train.Metrics, _ => true),
        new(train, Train.Checkpoints, _ => true),
        new(export, Export.Folder, _ => true),
        new(evaluate, Evaluate.Folder, _ => true),
        new(probe, Probe.Folder, _ => true),
    ];

    /// <inheritdoc/>
    public override StageResult Run(StageContext context)
    {
        context.Files.DeleteFolder(context.Work.Path);
        var content = new ReportGathering(setting).Content();
        var output = ReportWriter.Write(content);
        Write(context, FileName, output.Html);
        var (name, store) = (setting.Experiment.Name, setting.Tools.Store);
        store.Write(context.Work.At(Path.Combine(Folder, RunLayout.GrokkingTimes)), LogTables.OfTimes(name, content.Times));
        store.Write(context.Work.At(Path.Combine(Folder, RunLayout.StoppingRules)), LogTables.OfStops(name, content.Stops));
        foreach (var figure in output.Figures)
        {
            if (All.Report.Formats.Contains(ReportFormat.Svg)) { Write(context, $"figures/{figure.Id}.svg", figure.Svg); }
            if (All.Report.Formats.Contains(ReportFormat.Csv)) { Write(context, $"figures/{figure.Id}.csv", figure.Csv); }
        }
        return new StageResult(
            $"report.html, {Words.Count(output.Figures.Length, "figure")}", new JsonObject { ["figures"] = output.Figures.Length });
    }

    private static void Write(StageContext context, string name, string text) =>
        context.Files.Replace(
            context.Work.At(Path.Combine(Folder, name)), stream => stream.Write(Encoding.UTF8.GetBytes(text)), durable: false);
}
