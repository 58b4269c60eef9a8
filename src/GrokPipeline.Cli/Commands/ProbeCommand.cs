using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe probe</c>.</summary>
internal sealed class ProbeCommand : Verb
{
    private readonly Argument<string[]> _checkpoints = new("CKPT")
    {
        Description = "EXPERIMENT:MARK, EXPERIMENT:step:N, EXPERIMENT:all, :marks or :spread:N, the folder of a checkpoint, or an ONNX file.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _probes = new("--probe")
    {
        Description = "A kind, or a kind with options: \"{ kind: linear, at: hidden.0 }\". Default: those of the experiment.",
        HelpName = "PROBE",
    };

    private readonly Option<string[]> _data = new("--data")
    {
        Description = "For an ONNX file: a Parquet file of rows; each is a split by its name. May be given several times.", HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _out = new("--out") { Description = "Write the findings to this Parquet file.", HelpName = "FILE" };

    private readonly Option<bool> _noIsolate = Isolation.Option();

    /// <inheritdoc/>
    public override string Name => "probe";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Look inside checkpoints.") { _checkpoints, _probes, _data, _out, _noIsolate };
        Arguments.RefuseOptions(command, _checkpoints);
        command.Subcommands.Add(new ProbeJudgeCommand().Build(line));
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var (probes, data) = (invocation.Parsed.GetValue(_probes) ?? [], invocation.Parsed.GetValue(_data) ?? []);
        var texts = invocation.Parsed.GetValue(_checkpoints) ?? [];
        var files = texts.Where(IsFile).ToArray();
        Check(texts, files, probes, data);
        if (files.Length > 0 && Isolation.Wanted(invocation, _noIsolate, [.. files, .. data])) { return Isolation.Run(invocation); }
        var tools = Tools.Create();
        var found = texts.SelectMany(text => (IsFile(text) ? ModelProbing.Run(tools, text, data, probes) : Run(tools, text, probes))
            .Select(finding => (Checkpoint: text, Found: finding))).ToArray();
        if (invocation.Parsed.GetValue(_out) is { } path) { tools.Store.Write(path, FindingsTable.Of(found.Select(pair => pair.Found))); }
        var document = new JsonObject { ["findings"] = new JsonArray([.. found.Select(pair => (JsonNode)Json(pair.Checkpoint, pair.Found))]) };
        return invocation.Answer(Name, document, output =>
        {
            foreach (var (checkpoint, finding) in found) { output.WriteLine(Text(checkpoint, finding)); }
        });
    }

    private static bool IsFile(string text) => text.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    private static void Check(string[] texts, string[] files, string[] probes, string[] data)
    {
        foreach (var path in files.Concat(data).Where(path => !File.Exists(path)))
        {
            throw new GrokException("there is no such file.", "Name a file that exists.", path);
        }
        if (files.Length == 0 && data.Length > 0)
        {
            throw new GrokException(
                "a checkpoint of an experiment is probed on the experiment's own dataset.",
                "Leave --data out, or name an ONNX file.", "--data");
        }
        if (files.Length == 0) { return; }
        if (data.Length == 0)
        {
            throw new GrokException("an ONNX file does not say on which rows.", "Give them: --data FILE.parquet", files[0]);
        }
        if (probes.Length == 0)
        {
            throw new GrokException("an ONNX file does not say which probes.", "Name one: --probe fourier", files[0]);
        }
        if (files.Length < texts.Length)
        {
            throw new GrokException(
                "ONNX files and checkpoints of experiments are probed on different rows.", "Probe them one after the other.", files[0]);
        }
    }

    private static ImmutableArray<CheckpointFinding> Run(PipelineTools tools, string text, string[] probes)
    {
        var (folder, mark) = ModelPath.Checkpoint(text);
        return CheckpointProbing.Run(tools, folder, mark, probes);
    }

    private static JsonObject Json(string checkpoint, CheckpointFinding found) => new()
    {
        ["checkpoint"] = checkpoint,
        ["step"] = found.Step,
        ["probe"] = found.Finding.Probe,
        ["target"] = found.Finding.Target,
        ["name"] = found.Finding.Name,
        ["value"] = Messages.Number(found.Finding.Value),
        ["control"] = found.Finding.Control,
        ["repeat"] = found.Finding.Repeat,
    };

    private static string Text(string checkpoint, CheckpointFinding found)
    {
        var finding = found.Finding;
        var control = finding.Control.Length > 0 ? $"  ({finding.Control})" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{checkpoint,-28}  {found.Step,8}  {finding.Probe,-14}  {finding.Target,-24}  {finding.Name,-20}  {finding.Value:G6}{control}");
    }
}
