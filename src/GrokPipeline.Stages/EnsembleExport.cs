using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Ensembles;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Files;
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

    /// <summary>Places of members in the plan; all that are finished when there are none.</summary>
    public ImmutableArray<int> Members { get; init; } = [];

    /// <summary>Conditions on members of the plan, which must all hold: <c>phase=grokked</c>.</summary>
    public ImmutableArray<string> Where { get; init; } = [];

    /// <summary>How the file is fed.</summary>
    public ModelForm Inputs { get; init; } = ModelForm.Plain;

    /// <summary>ONNX operator set.</summary>
    public int Opset { get; init; } = OnnxWriter.FirstOpset;
}

/// <summary>Several trainings of one model as one ONNX file; see <see cref="Ensemble"/> for its outputs.</summary>
public static class EnsembleExport
{
    private const double Tolerance = 1e-5;
    private const int MostRows = 2000;
    private const long LargestFile = 2_000_000_000;

    /// <summary>Writes the file and checks it in ONNX Runtime against the members' own files.</summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="request">What it is made of.</param>
    /// <param name="path">The file.</param>
    /// <returns>How many members it has, and the largest difference from their own files as a share of the largest logit.</returns>
    /// <exception cref="GrokException">
    /// There are fewer than two members, one is of another architecture or of other data, or an output differs from what the members say.
    /// </exception>
    public static (int Members, double Relative) Write(PipelineTools tools, EnsembleRequest request, string path)
    {
        var (members, rows) = Read(tools, request);
        if (members.Count < 2)
        {
            throw new GrokException($"an ensemble of {Words.Count(members.Count, "member")} is none.", "Name at least two.");
        }
        foreach (var member in members.Skip(1)) { members[0].RequireLike(member); }
        var (model, facts) = (members[0].Model, members[0].Facts);
        var parameters = members.SelectMany((member, i) => member.Parameters.Select(pair =>
            KeyValuePair.Create(Ensemble.ParameterName(i, pair.Key), pair.Value))).ToDictionary(StringComparer.Ordinal);
        if (parameters.Values.Sum(tensor => tensor.Type.SizeInBytes) > LargestFile)
        {
            throw new GrokException(
                $"{members.Count} members do not fit into one file: the format's limit is 2 GiB.", "Choose fewer.", path,
                ProblemKind.Resources);
        }
        var properties = Properties(tools, members);
        var metadata = OnnxMetadata.Empty with { Producer = "grokpipe", ProducerVersion = tools.Version, Properties = properties };
        var file = ExportedFile.Write(
            batch => Ensemble.Build(model, members.Count, facts, request.Inputs, "ensemble", batch), parameters, metadata,
            request.Opset);
        var sessions = new List<ISession> { tools.Open(file, 1) };
        try
        {
            sessions.AddRange(members.Select(member =>
                tools.Open(ExportedFile.Write(model, "member", member.Parameters, OnnxMetadata.Empty, request.Opset), 1)));
            var rules = new EnsembleRules(sessions[0], sessions[1..], model.InputName, facts.Classes, Tolerance);
            var (plain, fed) = (rows.Of(ModelForm.Plain), rows.Of(request.Inputs));
            foreach (var size in Parity.SmallSizes) { rules.Check(First(plain[0], size), First(fed[0], size)); }
            foreach (var (one, other) in plain.Zip(fed)) { rules.Check(one, other); }
            var verified = OnnxEdit.WithMetadata(file,
            [
                new($"{ParityResult.Prefix}.against", $"the members' own files, {ExperimentSetting.Identity(tools.Scoring)}"),
                new($"{ParityResult.Prefix}.distributions", string.Join(' ', plain.Select(one => $"{one.Name}:{Text(one.Count)}"))),
                new($"{ParityResult.Prefix}.relative", rules.Largest.ToString("R", CultureInfo.InvariantCulture)),
            ]);
            var files = new DurableFile();
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) { files.CreateFolder(folder); }
            files.Replace(path, stream => stream.Write(verified), durable: false);
            return (members.Count, rules.Largest);
        }
        finally
        {
            foreach (var session in sessions) { session.Dispose(); }
        }
    }

    private static (List<EnsembleMember> Members, VerificationRows Rows) Read(PipelineTools tools, EnsembleRequest request)
    {
        if (request.Plan is { } plan)
        {
            var (fromPlan, first) = SweepMembers.Read(plan, request.Members, request.Where);
            var made = DatasetBuilder.Build(first.Data.Spec);
            IEnumerable<(string, Table)> tables = made.Splits.Concat(made.Shifts).Select(pair => (pair.Key, pair.Value))
                .OrderByDescending(pair => pair.Key == "validation");
            return (fromPlan, new VerificationRows(fromPlan[0].Model.InputName, fromPlan[0].Facts, tables, MostRows));
        }
        var members = new List<EnsembleMember>();
        VerificationRows? rows = null;
        foreach (var (folder, mark) in request.Checkpoints)
        {
            var (directory, setting) = OpenedExperiment.Open(tools, folder);
            var step = directory.StepOf(mark);
            members.Add(new(
                $"{directory.Name}:{mark}", setting.Model, setting.Facts, directory.ReadCheckpoint(mark).Tensors, new JsonObject
                {
                    ["experiment"] = directory.Name, ["mark"] = mark, ["step"] = step, ["seed"] = setting.Experiment.Options.Train.Seed,
                    ["verdict"] = directory.Verdict,
                    ["checkpoint_sha256"] = FileHash.Of(Path.Combine(directory.CheckpointPath(mark), RunLayout.Parameters)),
                }));
            rows ??= new VerificationRows(setting, MostRows);
        }
        return rows is not null ? (members, rows)
            : throw new GrokException("no members were named.", "Name a plan of a sweep, or several EXPERIMENT:MARK.");
    }

    private static Dictionary<string, string> Properties(PipelineTools tools, List<EnsembleMember> members)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grokpipe.ensemble.members"] = Text(members.Count),
            ["grokpipe.input"] = members[0].Model.InputName,
            ["grokpipe.facts"] = members[0].Facts.ToJson(),
            ["grokpipe.version"] = tools.Version,
        };
        for (var i = 0; i < members.Count; i++) { properties[$"grokpipe.member.{Text(i)}"] = CanonicalText.Of(members[i].Provenance); }
        return properties;
    }

    private static ParityRows First(ParityRows rows, int count) => rows with
    {
        Inputs = rows.Inputs.ToImmutableSortedDictionary(pair => pair.Key, pair =>
        {
            var few = new Tensor(pair.Value.Type with { Shape = pair.Value.Shape.With(0, Math.Min(count, rows.Count)) });
            pair.Value.Bytes[..few.Bytes.Length].CopyTo(few.Bytes);
            return few;
        }, StringComparer.Ordinal),
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
