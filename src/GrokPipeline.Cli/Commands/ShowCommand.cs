using System.CommandLine;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Data;
using GrokPipeline.Runs;
using GrokPipeline.Runs.Scoring;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe show</c>.</summary>
internal sealed class ShowCommand : Verb
{
    private readonly Argument<string> _what =
        new("EXP|FILE") { Description = "An experiment, a dataset, a checkpoint (EXP:MARK), or an .onnx, .safetensors or .parquet file." };
    private const string CardName = "dataset.json";
    private readonly Option<bool> _plan =
        new("--plan") { Description = "Run the experiment's training step for some seconds: operations, bytes and time of each kernel." };
    private readonly Option<int> _threads =
        new("--threads") { Description = "Threads of the plan; 0 for one per processor.", HelpName = "N" };
    private readonly Option<bool> _noIsolate = Isolation.Option();

    /// <inheritdoc/>
    public override string Name => "show";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Summarize an experiment or a file.") { _what, _plan, _threads, _noIsolate };
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var what = invocation.Parsed.GetValue(_what)!;                                     // not null: the argument is required
        if (invocation.Parsed.GetValue(_plan)) { return Plan(invocation, what); }
        if (invocation.Parsed.GetResult(_threads) is not null)
        {
            throw new GrokException("belongs to --plan.", "Give both, or neither.", _threads.Name);
        }
        if (File.Exists(Path.Combine(what, "model.safetensors"))) { what = Path.Combine(what, "model.safetensors"); }
        if (DatasetFolder(what) is { } dataset) { return Dataset(invocation, dataset); }
        if (!File.Exists(what) && !Directory.Exists(what) && what.Contains(':', StringComparison.Ordinal))
        {
            var (folder, mark) = ModelPath.Checkpoint(what);
            what = Path.Combine(RunDirectory.Open(folder).CheckpointPath(mark), "model.safetensors");
        }
        if (!File.Exists(what)) { return Experiment(invocation, what); }
        if (Isolation.Wanted(invocation, _noIsolate, what)) { return Isolation.Run(invocation); }
        var (document, lines) = Path.GetExtension(what) switch
        {
            ".onnx" => Onnx(what),
            ".safetensors" => Parameters(what),
            ".parquet" => Table(what),
            var ending => throw new GrokException(
                $"files that end in '{ending}' are not known.", "Give an .onnx, .safetensors or .parquet file.", what),
        };
        return invocation.Answer(Name, document, output => lines.ForEach(output.WriteLine));
    }

    private ExitCode Plan(Invocation invocation, string experiment)
    {
        var threads = Arguments.AtLeast(0, invocation, _threads);
        var planned = PlannedTraining.Of(PipelineFile.Read(PipelineFile.DefaultName), experiment, Tools.Create());
        var (document, lines) = BuiltEngines.Describe(planned.Engine, planned.First.Step.Graph, threads, planned.First.WriteTo);
        document["experiment"] = experiment;
        document["engine"] = planned.Engine;
        return invocation.Answer(Name, document, output =>
        {
            foreach (var line in lines) { output.WriteLine(line); }
        });
    }

    // data/NAME, or NAME where no experiment is called so.
    private static string? DatasetFolder(string what)
    {
        var named = Path.Combine("data", what);
        if (File.Exists(Path.Combine(what, CardName))) { return Path.TrimEndingDirectorySeparator(what); }
        var taken = File.Exists(what) || Directory.Exists(Path.Combine("models", what));
        return !taken && File.Exists(Path.Combine(named, CardName)) ? named : null;
    }

    private static ExitCode Dataset(Invocation invocation, string folder)
    {
        FinishedFolder.Check(folder, folder);
        var path = Path.Combine(folder, CardName);
        var text = File.ReadAllText(path);
        var card = DataCard.FromJson(text, path);
        return invocation.Answer("show", new JsonObject { ["dataset"] = Path.GetFileName(folder), ["card"] = JsonNode.Parse(text) }, output =>
        {
            var options = string.Join(", ", card.Options.Select(option => $"{option.Name}: {option.Value}"));
            output.WriteLine($"{folder}  {card.Generator}  {options}  seed {card.Seed}");
            foreach (var part in card.Distributions)
            {
                output.WriteLine($"  {part.Name,-14}  {part.Rows,8:N0} rows  {part.Kind}  {part.Description}{Leaks(part)}");
            }
        });
    }

    // What train gives away of it, and what is wrong in it; of train itself only the latter.
    private static string Leaks(DistributionCard part)
    {
        var isTrain = part is { Kind: "split", Name: "train" };
        string[] found =
        [
            .. isTrain ? [] : (string[])[part.InTrain > 0 ? $"{part.InTrain:N0} rows are also in train" : "",
                part.TwinsInTrain > 0 ? $"{part.TwinsInTrain:N0} have their twin in train" : ""],
            part.WrongLabels > 0 ? $"{part.WrongLabels:N0} labels are wrong" : "",
        ];
        var told = found.Where(text => text.Length > 0).ToArray();
        return told.Length == 0 ? "" : $"  ({string.Join(", ", told)})";
    }

    private ExitCode Experiment(Invocation invocation, string what)
    {
        var directory = RunDirectory.Open(ModelPath.Folder(what));
        var accuracies = directory.Accuracies(Tools.Store);
        var document = directory.ToJson();
        document["accuracies"] = accuracies;
        var times = directory.ReadGrokkingTimes(Tools.Store);
        document["grokking_times"] = GrokkingTimeText.Json(times);
        return invocation.Answer(Name, document, output =>
        {
            output.WriteLine($"{directory.Name}  {directory.Verdict}");
            output.WriteLine($"  dataset         {directory.Dataset}");
            output.WriteLine($"  memorized at    {directory.MemorizationStep?.ToString("N0") ?? "never"}");
            output.WriteLine($"  generalized at  {directory.GeneralizationStep?.ToString("N0") ?? "never"}");
            foreach (var (mark, step) in directory.Marks) { output.WriteLine($"  {mark,-14}  step {step:N0}"); }
            foreach (var (mark, why) in directory.MissingMarks) { output.WriteLine($"  {mark,-14}  none: {why}"); }
            output.WriteLine($"  checkpoints     {directory.Steps.Length}");
            if (accuracies.Length > 0) { output.WriteLine($"  accuracies      {accuracies}"); }
            else if (Directory.Exists(Path.Combine(directory.Path, "evaluation")))
            {
                output.WriteLine($"  accuracies      none: another training was evaluated; grokpipe run {directory.Name}");
            }
            foreach (var line in GrokkingTimeText.Lines(times)) { output.WriteLine(line); }
        });
    }

    private static (JsonObject, List<string>) Onnx(string path)
    {
        var signature = FileScoring.Signature(path, ModelEvaluation.ReadModel(path));
        var metadata = signature.Metadata.Properties.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        var document = new JsonObject
        {
            ["producer"] = signature.Metadata.Producer,
            ["opset"] = signature.Opset,
            ["inputs"] = new JsonArray([.. signature.Inputs.Select(port => (JsonNode)port.ToString())]),
            ["outputs"] = new JsonArray([.. signature.Outputs.Select(port => (JsonNode)port.ToString())]),
            ["metadata"] = new JsonObject(metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))),
        };
        var lines = new List<string>
        {
            $"{path}  ONNX, opset {signature.Opset}, by {signature.Metadata.Producer} {signature.Metadata.ProducerVersion}",
        };
        lines.AddRange(signature.Inputs.Select(port => $"  input   {port}"));
        lines.AddRange(signature.Outputs.Select(port => $"  output  {port}"));
        lines.AddRange(metadata.Select(pair => $"  {pair.Key} = {Short(pair.Value)}"));
        return (document, lines);
    }

    private static (JsonObject, List<string>) Parameters(string path)
    {
        using var file = File.OpenRead(path);
        var (entries, metadata) = Safetensors.ReadHeader(file, path);
        var document = new JsonObject
        {
            ["tensors"] = new JsonObject(
                entries.Select(entry => KeyValuePair.Create(entry.Name, (JsonNode?)JsonValue.Create(entry.Type.ToString())))),
            ["metadata"] = new JsonObject(metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))),
        };
        var numbers = entries.Sum(entry => (long)entry.Type.Shape.Count);
        var lines = new List<string> { $"{path}  safetensors, {numbers:N0} numbers in {entries.Length} tensors" };
        lines.AddRange(entries.Select(entry => $"  {entry.Name}  {entry.Type}"));
        lines.AddRange(metadata.Select(pair => $"  {pair.Key} = {Short(pair.Value)}"));
        return (document, lines);
    }

    private static (JsonObject, List<string>) Table(string path)
    {
        var header = Tools.Store.ReadHeader(path);
        var metadata = header.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        var document = new JsonObject
        {
            ["rows"] = header.Rows,
            ["columns"] = new JsonArray([.. header.Schema.Select(column => (JsonNode)column.ToString())]),
            ["metadata"] = new JsonObject(metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))),
        };
        var lines = new List<string> { $"{path}  {header.Rows:N0} rows" };
        lines.AddRange(header.Schema.Select(column => $"  {column}{(column.Description.Length > 0 ? $"  {column.Description}" : "")}"));
        lines.AddRange(metadata.Select(pair => $"  {pair.Key} = {Short(pair.Value)}"));
        return (document, lines);
    }

    private static string Short(string text) =>
        text.Length <= 100 ? text.ReplaceLineEndings(" ") : text[..99].ReplaceLineEndings(" ") + "…";
}
