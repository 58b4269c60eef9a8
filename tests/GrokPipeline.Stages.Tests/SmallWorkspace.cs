using System.Security.Cryptography;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Tests;

/// <summary>A folder of its own with a pipeline that takes about a second: addition modulo 23, every stage.</summary>
public sealed class SmallWorkspace : IDisposable
{
    private static int _made;

    public SmallWorkspace(string? yaml = null)
    {
        Root = Path.Combine(Path.GetTempPath(), $"grokpipe-test-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");
        Directory.CreateDirectory(Root);
        File.WriteAllText(PipelinePath, yaml ?? Yaml);
    }

    public static string Yaml => """
        schema: 1
        name: small
        params: { seed: 0 }
        datasets:
          mod23:
            use: modular_arithmetic
            with: { op: add, modulus: 23 }
            seed: ${params.seed}
            split: { train: 0.5, validation: rest }
            shifts:
              swapped: { kind: operand_order, of: train, order: [b, a], minus: train }
        defaults:
          train: { steps: 200, evaluate_every: 10 }
          checkpoints: { resume_every: 0.05s }
        experiments:
          small:
            data: mod23
            model: { kind: mlp, encode: onehot, hidden: [32], activation: square, bias: false, init: { kind: normal } }
            train: { optimizer: { kind: adamw, learning_rate: 1.0e-2, weight_decay: 1 } }
            evaluate: { on: [validation, swapped], interval: { resamples: 20 } }
            probe: { probes: [weight_norm, { kind: linear, at: hidden.0, target: c, repeats: 1 }] }

        """;

    public string Root { get; }

    public string PipelinePath => Path.Combine(Root, "pipeline.yaml");

    public string At(string relative) => Path.Combine(Root, relative);

    internal static PipelineTools Tools { get; } = GrokPipeline.Cli.Composition.Tools.Create();

    internal RunOutcome Run(RunRequest? request = null, string[]? overrides = null, Action<FileOperation>? announce = null)
    {
        var file = PipelineFile.Read(PipelinePath, overrides);
        return new PipelineRun(file, Tools, _ => { }, new DurableFile(announce)).Run(request ?? new RunRequest());
    }

    /// <summary>Every file below data/ and models/ with its hash; without those that carry times, and without lock files.</summary>
    public SortedDictionary<string, string> Tree()
    {
        var tree = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(Root, path);
            var exempt = Path.GetFileName(path) is "run.json" or "status.json" or "log.jsonl" or ".lock"
                || relative.Contains(".locks", StringComparison.Ordinal);
            if (!exempt) { tree[relative] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))); }
        }
        return tree;
    }

    /// <summary>Fails unless two trees hold the same files, and names those that differ.</summary>
    public static void AssertSame(SortedDictionary<string, string> expected, SortedDictionary<string, string> actual)
    {
        var differing = expected.Keys.Union(actual.Keys, StringComparer.Ordinal)
            .Where(path => expected.GetValueOrDefault(path) != actual.GetValueOrDefault(path))
            .Select(path => (path, Was: expected.ContainsKey(path), Is: actual.ContainsKey(path)))
            .Select(file => $"{file.path} {(!file.Is ? "is missing" : file.Was ? "differs" : "is left over")}");
        Assert.Empty(differing);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
