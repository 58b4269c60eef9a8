using GrokPipeline.Runs;


namespace GrokPipeline.Cli.Commands;

/// <summary>How experiments and their checkpoints are named on the command line.</summary>
internal static class ModelPath
{
    /// <summary>The folder of an experiment, from its name or its folder.</summary>
    public static string Folder(string text)
    {
        if (Directory.Exists(Path.Combine(text, "checkpoints"))) { return text; }
        var named = Path.Combine("models", text);
        if (Directory.Exists(named)) { return named; }
        var known = Directory.Exists("models")
            ? Directory.EnumerateDirectories("models").Select(Path.GetFileName).OfType<string>()
                .Where(name => Directory.Exists(Path.Combine("models", name, "checkpoints"))).Order(StringComparer.Ordinal).ToArray() : [];
        throw new GrokException(
            $"there is no file or experiment '{text}'.{Spelling.Suggestion(text, known)}",
            known.Length == 0 ? "Make one: grokpipe run" : $"Experiments: {string.Join(", ", known)}.");
    }

    /// <summary>Experiment and mark from <c>EXP</c>, <c>EXP:MARK</c>, <c>EXP:step:N</c> or the folder of a checkpoint.</summary>
    public static (string Folder, string Mark) Checkpoint(string text)
    {
        var full = Path.TrimEndingDirectorySeparator(text);
        if (Path.GetFileName(full) == "model.safetensors" && File.Exists(full)) { full = Path.GetDirectoryName(Path.GetFullPath(full))!; }
        var name = Path.GetFileName(full);
        if (name.StartsWith("step-", StringComparison.Ordinal) && Directory.Exists(full)
            && long.TryParse(name[5..], System.Globalization.CultureInfo.InvariantCulture, out var step))
        {
            return (Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(full))) ?? ".", $"step:{step}");
        }
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (Folder(text), "final") : (Folder(text[..colon]), text[(colon + 1)..]);
    }

    /// <summary>An ONNX file, from its path or from an experiment and a mark.</summary>
    /// <exception cref="GrokException">It is a file of another kind, or there is none.</exception>
    public static string Onnx(string text)
    {
        if (Path.GetExtension(text) is ".safetensors" or ".parquet" or ".yaml" or ".json")
        {
            throw new GrokException(
                "is no ONNX file.", "Give the exported model: an .onnx file, or EXPERIMENT:MARK for instance of a checkpoint.", text);
        }
        if (File.Exists(text) || text.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) { return text; }
        var (folder, mark) = Checkpoint(text);
        return RunDirectory.Open(folder).OnnxPath(mark);
    }
}
