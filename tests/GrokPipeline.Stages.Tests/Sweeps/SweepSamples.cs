using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Stages.Tests.Sweeps;

/// <summary>Sweeps over addition modulo 7 that take milliseconds a member.</summary>
internal static class SweepSamples
{
    private const string Base = """
        schema: 1
        name: small
        params: { seed: 0, train_fraction: 0.6 }
        datasets:
          mod7:
            use: modular_arithmetic
            with: { op: add, modulus: 7 }
            seed: ${params.seed}
            split: { train: "${params.train_fraction}", validation: rest }
            shifts:
              band: { kind: held_out_rows, where: "(a - b) % 7 < 1" }
              swapped: { kind: operand_order, of: train, order: [b, a], minus: train }
        defaults:
          train: { steps: 60, evaluate_every: 10, seed: "${params.seed}" }
          checkpoints: { resume_every: 1h }
        experiments:
          small:
            data: mod7
            model: { kind: mlp, encode: onehot, hidden: [16], activation: square, bias: false, init: { kind: normal } }
            train: { optimizer: { kind: adamw, learning_rate: 1.0e-2, weight_decay: 1 } }
        sweeps:
        
        """;

    /// <summary>The option of the learning rate.</summary>
    public const string Rate = "experiments.small.train.optimizer.learning_rate";

    /// <summary>The option of the decay.</summary>
    public const string Decay = "experiments.small.train.optimizer.weight_decay";

    /// <summary>Two fractions, two decays, two seeds.</summary>
    public const string Grid = $$"""
          grid:
            experiment: small
            over:
              params.train_fraction: [0.5, 0.6]
              {{Decay}}: { from: 0.1, to: 1, count: 2, scale: log }
            seeds: { count: 2 }
            checkpoints: final
        """;

    /// <summary>A pipeline file with some sweeps.</summary>
    public static string Yaml(string sweeps) => Base.TrimEnd() + "\n" + string.Join(
        '\n', sweeps.Split('\n').Select(line => line.Length > 0 && line[0] != ' ' ? "  " + line : line)) + "\n";

    /// <summary>A sweep over one option.</summary>
    public static string Over(string option, string values, string more = "") => $$"""
          one:
            experiment: small
            over: { {{option}}: {{values}} }
            {{more}}
        """;

    public static SweepRun Sweep(
        this SmallWorkspace workspace, string name, string[]? overrides = null, Action<RunEvent>? tell = null, PipelineTools? tools = null,
        Action<FileOperation>? announce = null) => new(
        PipelineFile.Read(workspace.PipelinePath, overrides), name, tools ?? SmallWorkspace.Tools, tell ?? (_ => { }),
        new DurableFile(announce));

    /// <summary>The member files of a sweep by id.</summary>
    public static SortedDictionary<string, string> Members(this SmallWorkspace workspace, string sweep)
    {
        var members = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var folder = workspace.At($"models/sweeps/{sweep}/members");
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(path) is "member.json" or "final.safetensors")
            {
                members.Add(Path.GetRelativePath(folder, path), Convert.ToHexStringLower(
                    System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))));
            }
        }
        return members;
    }
}
