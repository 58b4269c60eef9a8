using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Ensembles;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages;

/// <summary>What an ensemble is made of.</summary>
public sealed record EnsembleRequest
{
    /// <summary>Experiments' folders with a mark or <c>step:N</c> each.</summary>
    public ImmutableArray<(string Folder, string Mark)> Checkpoints { get; init; } = [];

    /// <summary>A plan's folder or file, whose members are taken instead; null for none.</summary>
    public string? Plan { get; init; }

    /// <summary>Places of members in the plan; when there are none, all that are finished and whose parameters are finite.</summary>
    public ImmutableArray<int> Members { get; init; } = [];

    /// <summary>Conditions on members of the plan, which must all hold: <c>phase=grokked</c>.</summary>
    public ImmutableArray<string> Where { get; init; } = [];

    /// <summary>How the file is fed.</summary>
    public ModelForm Inputs { get; init; } = ModelForm.Plain;

    /// <summary>ONNX operator set.</summary>
    public int Opset { get; init; } = OnnxWriter.FirstOpset;

    /// <summary>How the file is checked.</summary>
    public VerifyOptions Verify { get; init; } = new();
}

/// <summary>An ensemble that was written.</summary>
/// <param name="Members">How many members it has.</param>
/// <param name="Relative">The largest difference from their own files, as a share of the output's scale.</param>
/// <param name="LeftOut">Members of the plan that are not in it because their parameters are not finite; may be empty.</param>
public sealed record WrittenEnsemble(int Members, double Relative, ImmutableArray<string> LeftOut);

/// <summary>Several trainings of one model as one ONNX file; see <see cref="Ensemble"/> for its outputs.</summary>
public static class EnsembleExport
{
    private const long LargestFile = 2_000_000_000;

    /// <summary>Writes the file and checks it in ONNX Runtime against the members' own files, and against the training engine.</summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="request">What it is made of.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="GrokException">
    /// There are fewer than two members, two are the same, one is of another architecture or of other data or has parameters that are not
    /// finite, an output differs from what the members say, or the path is a folder.
    /// </exception>
    public static WrittenEnsemble Write(PipelineTools tools, EnsembleRequest request, string path)
    {
        if (request.Verify.Problems().FirstOrDefault() is { Problem: { } wrong }) { throw new GrokException(wrong, ""); }
        var place = ExportPlace.OfFile(path);
        var (members, rows, leftOut) = Read(tools, request);
        if (members.Count < 2)
        {
            throw new GrokException(
                $"an ensemble of {Words.Count(members.Count, "member")} is none.",
                leftOut.IsEmpty ? "Name at least two." : $"Name at least two; not finite are: {string.Join(", ", leftOut)}.");
        }
        EnsembleMember.RequireOneKind(members);
        if (members[0].Facts.IsReal)
        {
            throw new GrokException(
                "members of an ensemble vote for a class; these predict real numbers.",
                "Export the members one by one: grokpipe export onnx.");
        }
        if (members[0].Facts.AnswerLength > 1)
        {
            throw new GrokException(
                $"members of an ensemble vote for a class; the answers of these have {members[0].Facts.AnswerLength} tokens.",
                "Export the members one by one: grokpipe export onnx.");
        }
        var (model, facts) = (members[0].Model, members[0].Facts);
        var parameters = members.SelectMany((member, i) => member.Parameters.Select(pair =>
            KeyValuePair.Create(Ensemble.ParameterName(i, pair.Key), pair.Value))).ToDictionary(StringComparer.Ordinal);
        if (parameters.Values.Sum(tensor => tensor.Type.SizeInBytes) > LargestFile)
        {
            throw new GrokException(
                $"{members.Count} members do not fit into one file: the format's limit is 2 GiB.", "Choose fewer.", path,
                ProblemKind.Resources);
        }
        Graph Build(int batch) => Ensemble.Build(model, members.Count, facts, request.Inputs, "ensemble", batch);
        var metadata = OnnxMetadata.Empty with
        {
            Producer = "grokpipe",
            ProducerVersion = tools.Version,
            Properties = Properties(tools, members),
        };
        var file = ExportedFile.Write(Build, parameters, metadata, request.Opset);
        var engine = tools.Engine(members[0].Engine);
        using var parity = new Parity(Build, graph => engine.Compile(graph, new CompileOptions()), rows.Of(request.Inputs));
        var compared = parity.Compare(parameters, file, bytes => tools.Open(bytes, 1));
        ParityRules.Check(compared, null, request.Verify.Tolerance);
        var relative = AgainstMembers(tools, request, file, members, rows);
        var verified = OnnxEdit.WithMetadata(file, compared.ToProperties().AddRange(
        [
            new(
                $"{ParityResult.Prefix}.engines",
                $"{ExperimentSetting.Identity(engine.Facts)}, {ExperimentSetting.Identity(tools.Scoring)}"),
            new($"{ParityResult.Prefix}.relative.members", relative.ToString("R", CultureInfo.InvariantCulture)),
        ]));
        place.Write(Path.GetFileName(path), stream => stream.Write(verified));
        return new(members.Count, relative, leftOut);
    }

    /// <summary>The error of a member that was named and diverged.</summary>
    internal static GrokException Nonfinite(string member, string parameter) => new(
        $"{member} cannot be in an ensemble: '{parameter}' has numbers that are not finite.", "Leave it out.");

    private static double AgainstMembers(
        PipelineTools tools, EnsembleRequest request, byte[] file, List<EnsembleMember> members, VerificationRows rows)
    {
        var sessions = new List<ISession> { tools.Open(file, 1) };
        try
        {
            sessions.AddRange(members.Select(member =>
                tools.Open(ExportedFile.Write(member.Model, "member", member.Parameters, OnnxMetadata.Empty, request.Opset), 1)));
            var (model, classes) = (members[0].Model, members[0].Facts.Classes);
            var rules = new EnsembleRules(sessions[0], sessions[1..], model.InputName, classes, request.Verify.Tolerance);
            var (plain, fed) = (rows.Of(ModelForm.Plain), rows.Of(request.Inputs));
            foreach (var size in Parity.SmallSizes) { rules.Check(plain[0].Part(0, size), fed[0].Part(0, size)); }
            foreach (var (one, other) in plain.Zip(fed)) { rules.Check(one, other); }
            return rules.Largest;
        }
        finally
        {
            foreach (var session in sessions) { session.Dispose(); }
        }
    }

    private static (List<EnsembleMember> Members, VerificationRows Rows, ImmutableArray<string> LeftOut) Read(
        PipelineTools tools, EnsembleRequest request)
    {
        if (request.Plan is { } plan)
        {
            var (fromPlan, first, leftOut) = SweepMembers.Read(plan, request.Members, request.Where);
            var made = DatasetBuilder.Build(first.Data.Spec);
            IEnumerable<(string, Table)> tables = made.Splits.Concat(made.Shifts).Select(pair => (pair.Key, pair.Value))
                .OrderByDescending(pair => pair.Key == "validation");
            return (
                fromPlan, new VerificationRows(fromPlan[0].Model.InputName, fromPlan[0].Facts, tables, request.Verify.Rows), leftOut);
        }
        var members = new List<EnsembleMember>();
        VerificationRows? rows = null;
        foreach (var (folder, mark) in request.Checkpoints)
        {
            var (directory, setting) = OpenedExperiment.Open(tools, folder);
            var member = Stored(directory, setting, mark);
            if (member.NonfiniteParameter() is { } parameter) { throw Nonfinite(member.Name, parameter); }
            members.Add(member);
            rows ??= new VerificationRows(setting, request.Verify.Rows);
        }
        return rows is not null ? (members, rows, [])
            : throw new GrokException("no members were named.", "Name a plan of a sweep, or several EXPERIMENT:MARK.");
    }

    private static EnsembleMember Stored(RunDirectory directory, ExperimentSetting setting, string mark)
    {
        var metrics = Path.Combine(setting.Root, Train.Metrics);
        FinishedFolder.Check(metrics, setting.Workspace.Display(metrics));
        var (step, content) = (directory.StepOf(mark), directory.ReadCheckpoint(mark));
        var properties = new Provenance(setting).Of(step, [], directory.CheckpointPath(mark), content.Metadata);
        return new(
            $"{directory.Name}:{mark}", setting.Model, setting.Facts, content.Tensors, setting.Experiment.Options.Train.Engine,
            new JsonObject
            {
                ["experiment"] = directory.Name, ["mark"] = mark, ["step"] = step, ["seed"] = setting.Experiment.Options.Train.Seed,
                ["verdict"] = directory.Verdict, ["train_key"] = properties[Provenance.TrainKey],
                ["data_sha256"] = Below(properties, "grokpipe.data.", ".sha256"), ["metrics"] = Below(properties, "grokpipe.metrics.", ""),
                [EnsembleMember.CheckpointKey] = properties[Provenance.CheckpointHash],
            });
    }

    private static JsonObject Below(Dictionary<string, string> properties, string start, string end) => new(properties
        .Where(pair => pair.Key.StartsWith(start, StringComparison.Ordinal) && pair.Key.EndsWith(end, StringComparison.Ordinal))
        .Select(pair => KeyValuePair.Create(pair.Key[start.Length..^end.Length], (JsonNode?)JsonValue.Create(pair.Value))));

    private static Dictionary<string, string> Properties(PipelineTools tools, List<EnsembleMember> members)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grokpipe.ensemble.members"] = Text(members.Count),
            ["grokpipe.input"] = members[0].Model.InputName,
            [ModelFacts.Key] = members[0].Facts.ToJson(),
            ["grokpipe.version"] = tools.Version,
        };
        for (var i = 0; i < members.Count; i++) { properties[$"grokpipe.member.{Text(i)}"] = CanonicalText.Of(members[i].Provenance); }
        return properties;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
