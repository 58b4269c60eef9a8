using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GrokPipeline.Evaluation;
using GrokPipeline.Tables;

namespace GrokPipeline.Runs;

/// <summary>
/// The finished results of one experiment, <c>models/&lt;experiment&gt;</c>. Hashes are checked before anything is given out, and that
/// exported files and scores are of the training that is there now.
/// </summary>
public sealed class RunDirectory
{
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);
    private readonly MarksFile _marks;

    private RunDirectory(string path, MarksFile marks, StageRecord train)
    {
        Path = path;
        _marks = marks;
        Verdict = (string?)train.Facts["verdict"] ?? "";
        MemorizationStep = (long?)train.Facts["memorization_step"];
        GeneralizationStep = (long?)train.Facts["generalization_step"];
        Dataset = DatasetOf(train.Inputs);
        Definitions = DefinitionsOf(train.Options["grokking"] as JsonObject);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The experiment's name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The verdict of the grokking analysis.</summary>
    public string Verdict { get; }

    /// <summary>When train was learnt; null for never.</summary>
    public long? MemorizationStep { get; }

    /// <summary>When the rule was found; null for never.</summary>
    public long? GeneralizationStep { get; }

    /// <summary>The name of the dataset that it was trained on; empty when the record does not say.</summary>
    public string Dataset { get; }

    // Splits and band, which are all that the definitions of other authors read of ours.
    private GrokkingOptions Definitions { get; }

    /// <summary>Steps with a checkpoint, ascending.</summary>
    public ImmutableArray<long> Steps => _marks.Stored;

    /// <summary>Marks that happened, with their steps, ascending.</summary>
    public IReadOnlyList<(string Mark, long Step)> Marks => [.. _marks.Found];

    /// <summary>Marks that did not happen, and why.</summary>
    public IReadOnlyList<(string Mark, string Why)> MissingMarks =>
        [.. _marks.Marks.Where(m => m.Step is null).Select(m => (m.Name, m.Missing ?? ""))];

    /// <summary>All checkpoints, by step: what each is called, and whether it was exported.</summary>
    /// <exception cref="GrokException">The exported files changed, or are of another training.</exception>
    public ImmutableArray<Checkpoint> Checkpoints
    {
        get
        {
            var exported = Exported.Where(model => model is { Inputs: ExportedModel.Plain, Activations: false })
                .Select(model => model.Step).ToHashSet();
            return [.. Steps.Select(step => new Checkpoint(
                step, [.. _marks.Found.Where(mark => mark.Step == step).Select(mark => mark.Name)], exported.Contains(step)))];
        }
    }

    private ImmutableArray<ExportedModel> Exported
    {
        get
        {
            var folder = System.IO.Path.Combine(Path, RunLayout.Onnx);
            if (!Directory.Exists(folder)) { return []; }
            Check(RunLayout.Onnx);
            return ExportedModel.All(folder);
        }
    }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="GrokException">It holds no finished training, or its files changed.</exception>
    public static RunDirectory Open(string path)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        var checkpoints = System.IO.Path.Combine(full, RunLayout.Checkpoints);
        if (StageRecord.Read(checkpoints) is not { } record)
        {
            throw new GrokException("holds no finished training.", $"Make it: grokpipe run {System.IO.Path.GetFileName(full)}", path);
        }
        FinishedFolder.Check(checkpoints, Shown(checkpoints));
        var directory = new RunDirectory(full, MarksFile.Read(checkpoints), record);
        directory._checked.Add(RunLayout.Checkpoints);
        return directory;
    }

    /// <summary>The step of a mark, or of <c>step:N</c>.</summary>
    /// <exception cref="GrokException">The mark never happened, or nothing was stored at the step.</exception>
    public long StepOf(string mark)
    {
        if (_marks.StepOf(mark) is { } step) { return step; }
        var missing = _marks.Marks.FirstOrDefault(other => other.Name == mark);
        throw new GrokException(
            missing.Name is null
                ? $"there is no mark '{mark}'.{Spelling.Suggestion(mark, _marks.Marks.Select(m => m.Name))}"
                : $"{mark}: {missing.Missing}.",
            $"Use one of: {string.Join(", ", _marks.Found.Select(m => m.Name))}, or step:N.", Path);
    }

    /// <summary>The folder of a checkpoint.</summary>
    /// <param name="mark">A mark or <c>step:N</c>.</param>
    public string CheckpointPath(string mark) => System.IO.Path.Combine(Path, RunLayout.Checkpoints, RunLayout.StepName(StepOf(mark)));

    /// <summary>The parameters of a checkpoint by name.</summary>
    /// <param name="mark">A mark or <c>step:N</c>.</param>
    public SafetensorsContent ReadCheckpoint(string mark) => StoredCheckpoint.Read(CheckpointPath(mark), path => path);

    /// <summary>The parameters of a checkpoint where they lie in their file; nothing is copied.</summary>
    /// <param name="mark">A mark or <c>step:N</c>.</param>
    public MappedSafetensors OpenWeights(string mark) =>
        MappedSafetensors.Open(System.IO.Path.Combine(CheckpointPath(mark), RunLayout.Parameters));

    /// <summary>The exported file of a checkpoint.</summary>
    /// <param name="mark">A mark or <c>step:N</c>.</param>
    /// <param name="inputs">How the file is fed: <c>plain</c>, <c>vector</c> or <c>application</c>, as under <c>export.inputs</c>.</param>
    /// <param name="activations">True for the file that gives out <c>export.activations</c> too.</param>
    /// <exception cref="GrokException">It was not exported, files changed, or they are of another training.</exception>
    public string OnnxPath(string mark, string inputs = ExportedModel.Plain, bool activations = false)
    {
        var step = StepOf(mark);
        var models = Exported.Where(model => model.Step == step).ToArray();
        if (models.Length == 0) { throw new GrokException($"step {step} was not exported.", "Export it with export.models: all.", Path); }
        models = [.. models.Where(model => model.Activations == activations)];
        return models.FirstOrDefault(model => model.Inputs == inputs)?.Path ?? throw (activations && models.Length == 0
            ? new GrokException($"step {step} was exported without activations.", "Name them under export.activations.", Path)
            : new GrokException(
                $"step {step} was not exported with the inputs '{inputs}'.",
                $"There is: {string.Join(", ", models.Select(model => model.Inputs))}. Add it to export.inputs.", Path));
    }

    /// <summary>The scores of an experiment, or null when it was not evaluated.</summary>
    /// <param name="store">Reads the table.</param>
    public Table? ReadEvaluation(ITableStore store) => Read(store, RunLayout.Evaluation, RunLayout.Scores);

    /// <summary>What its probes found, or null when it was not probed.</summary>
    /// <param name="store">Reads the table.</param>
    public Table? ReadProbes(ITableStore store) => Read(store, RunLayout.Probes, RunLayout.Findings);

    /// <summary>What training measured at each evaluation.</summary>
    /// <param name="store">Reads the table.</param>
    /// <exception cref="GrokException">The table is missing or changed.</exception>
    public MetricLog ReadLog(ITableStore store) => MetricLog.Of(Read(store, RunLayout.Metrics, RunLayout.MetricsTable)
        ?? throw new GrokException("has no metrics.", $"Make it anew: grokpipe run {Name}", Path));

    /// <summary>The time of grokking by each definition in use, from <see cref="ReadLog"/>.</summary>
    /// <param name="store">Reads the table.</param>
    /// <exception cref="GrokException">The table is missing or changed.</exception>
    public IReadOnlyList<GrokkingTime> ReadGrokkingTimes(ITableStore store) =>
        GrokkingTimes.Of(ReadLog(store).Curve(Definitions), Definitions.Band);

    /// <summary>Accuracies of the last exported model, on one line; empty when there are none of this training.</summary>
    /// <param name="store">Reads the table.</param>
    /// <exception cref="GrokException">The scores changed since they were written.</exception>
    public string Accuracies(ITableStore store)
    {
        if (StageOrigin.FirstOther(Path, RunLayout.Evaluation) is not null) { return ""; }
        if (Directory.Exists(System.IO.Path.Combine(Path, RunLayout.Evaluation))) { Check(RunLayout.Evaluation); }
        return Results.Accuracies(Results.Scores(Path, store));
    }

    /// <summary>Verdict, marks and paths as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["experiment"] = Name,
        ["dataset"] = Dataset,
        ["verdict"] = Verdict,
        ["memorization_step"] = MemorizationStep,
        ["generalization_step"] = GeneralizationStep,
        ["marks"] = new JsonObject(Marks.Select(mark => KeyValuePair.Create(mark.Mark, (JsonNode?)JsonValue.Create(mark.Step)))),
        ["missing_marks"] = new JsonObject(
            MissingMarks.Select(mark => KeyValuePair.Create(mark.Mark, (JsonNode?)JsonValue.Create(mark.Why)))),
        ["checkpoints"] = new JsonArray([.. Steps.Select(step => (JsonNode)step)]),
    };

    private Table? Read(ITableStore store, string folder, string file)
    {
        if (!Directory.Exists(System.IO.Path.Combine(Path, folder))) { return null; }
        Check(folder);
        return store.Read(System.IO.Path.Combine(Path, folder, file));
    }

    private void Check(string folder)
    {
        if (_checked.Contains(folder)) { return; }
        var place = System.IO.Path.Combine(Path, folder);
        FinishedFolder.Check(place, Shown(place));
        if (StageOrigin.FirstOther(Path, folder) is { } other)
        {
            throw new GrokException(
                $"was made from another training: {other} has changed since.", $"Make it anew: grokpipe run {Name}", Shown(place),
                ProblemKind.Integrity);
        }
        _checked.Add(folder);
    }

    // As short as the reader can use it: below the current folder without its path.
    private static string Shown(string full)
    {
        var relative = System.IO.Path.GetRelativePath(Environment.CurrentDirectory, full);
        return relative.StartsWith("..", StringComparison.Ordinal) ? full : relative;
    }

    private static GrokkingOptions DefinitionsOf(JsonObject? recorded)
    {
        var standard = new GrokkingOptions();
        return standard with
        {
            Memorization = standard.Memorization with { Split = SplitOf("memorization") ?? standard.Memorization.Split },
            Generalization = standard.Generalization with { Split = SplitOf("generalization") ?? standard.Generalization.Split },
            Band = (double?)recorded?["band"] ?? standard.Band,
        };

        string? SplitOf(string criterion) => (string?)(recorded?[criterion] as JsonObject)?["split"];
    }

    private static string DatasetOf(IReadOnlyDictionary<string, string> inputs)
    {
        var parts = inputs.Keys.FirstOrDefault(key => key.StartsWith("data/", StringComparison.Ordinal))?.Split('/');
        return parts is { Length: > 1 } ? parts[1] : "";
    }
}
