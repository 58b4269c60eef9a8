using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>A training step that engines are compared on, with rows and first values.</summary>
/// <param name="Name">W1 to W4e, as in bench/peers, or one of our own.</param>
/// <param name="What">One line for the table.</param>
/// <param name="Threads">On how many threads it is compared.</param>
/// <param name="Step">The training step.</param>
/// <param name="Inputs">Rows, targets, settings, parameters.</param>
internal sealed record Workload(string Name, string What, int Threads, TrainStep Step, IReadOnlyDictionary<string, Tensor> Inputs)
{
    private const int Modulus = 97;

    /// <summary>The names, in the order of the table.</summary>
    public static IReadOnlyList<string> Names { get; } = ["W1", "W2", "W3", "W4", "W4e"];

    /// <summary>The names that one must ask for: a large decoder, and a model of the default pipeline.</summary>
    public static IReadOnlyList<string> MoreNames { get; } = ["W1L", "quadratic"];

    /// <summary>How many independent trainings are counted together.</summary>
    public int Members { get; private init; } = 1;

    /// <summary>Builds a workload.</summary>
    public static Workload Of(string name) => name switch
    {
        "W1" => Decoder(name, "decoder of Power et al., batch 512, all positions", new() { Positions = Positions.All, Bias = true }, 512),
        "W2" => Decoder(
            name, "W1, the last layer at the scored position only", new() { Positions = Positions.Last, Bias = true }, 512),
        "W1L" => Decoder(
            name, "W1 with 6 layers of width 512, batch 4096",
            new() { Positions = Positions.All, Bias = true, Layers = 6, DModel = 512, Heads = 8, Mlp = 2048 }, 4096),
        "W3" => Embedded(name, "MLP on two embeddings, 2·128-256-97, batch 4704"),
        "W4" => Tiny(name),
        "W4e" => Tiny(name) with { What = "64 independent W4, in steps of one of them", Threads = 2, Members = 64 },
        "quadratic" => Quadratic(name),
        _ => throw new GrokException($"There is no workload '{name}'.", $"Use one of: {string.Join(", ", Names.Concat(MoreNames))}."),
    };

    /// <summary>Writes all inputs into a session.</summary>
    public void WriteTo(ISession session)
    {
        foreach (var (name, tensor) in Inputs) { session.Write(name, tensor); }
    }

    private static DatasetFacts Addition => new()
    {
        Kind = InputKind.Operands, Classes = Modulus, Target = "c", Operands = ["a", "b"], OperandValues = Modulus,
        Operation = "a + b (mod 97)",
    };

    /// <summary>A decoder on modular addition; <paramref name="shareRows"/>: without what its rows have in common.</summary>
    public static Workload Decoder(string name, string what, TransformerOptions options, int batch, bool shareRows = true)
    {
        void Row(Tensor tensor, int i, int a, int b)
        {
            var tokens = tensor.AsSpan<long>();
            (tokens[4 * i], tokens[(4 * i) + 1], tokens[(4 * i) + 2], tokens[(4 * i) + 3]) = (a, Modulus, b, Modulus + 1);
        }

        return Make(name, what, 2, new Transformer(options, Addition), batch, 1e-3, 1, Row, shareRows);
    }

    private static Workload Embedded(string name, string what)
    {
        var options = new MlpOptions { Encode = OperandEncoding.Embedding, Embedding = 128, Hidden = [256] };
        return Make(name, what, 2, new Mlp(options, Addition), 4704, 3e-3, 1, (tensor, i, a, b) =>
        {
            var operands = tensor.AsSpan<long>();
            (operands[2 * i], operands[(2 * i) + 1]) = (a, b);
        });
    }

    // As in the default pipeline.
    private static Workload Quadratic(string name)
    {
        var options = new MlpOptions { Encode = OperandEncoding.Onehot, Hidden = [128], Activation = Activation.Square, Bias = false };
        return Make(name, "quadratic MLP on a + b (mod 97), batch 2532", 1, new Mlp(options, Addition), 2532, 3e-3, 1, (tensor, i, a, b) =>
        {
            var operands = tensor.AsSpan<long>();
            (operands[2 * i], operands[(2 * i) + 1]) = (a, b);
        });
    }

    private static Workload Tiny(string name)
    {
        var facts = new DatasetFacts { Kind = InputKind.Features, Classes = 10, Target = "label", Features = "x", FeatureCount = 32 };
        var stream = new Seed(4).Derive("features").Stream();
        var model = new Mlp(new MlpOptions { Hidden = [64, 64] }, facts);
        return Make(name, "MLP 32-64-64-10, batch 256", 1, model, 256, 1e-3, 0.01, (tensor, i, _, _) =>
        {
            foreach (ref var feature in tensor.AsSpan<float>().Slice(32 * i, 32)) { feature = (float)stream.NextNormal(); }
        });
    }

    private static Workload Make(
        string name, string what, int threads, Model model, int batch, double rate, double decay, Action<Tensor, int, int, int> row,
        bool shareRows = true)
    {
        var step = TrainStep.Of(model, batch, new AdamW(new AdamWOptions()), new CrossEntropy(), shareRows);
        var inputs = new Dictionary<string, Tensor>(model.Initialize(new Seed(1)), StringComparer.Ordinal)
        {
            ["learning_rate"] = Tensor.Scalar((float)rate),
            ["weight_decay"] = Tensor.Scalar((float)decay),
        };
        foreach (var state in step.OptimizerState) { inputs[state.Name] = new Tensor(state.Type); }
        var rows = new Tensor(step.Graph.InputType(model.InputName)!.Value);
        var target = new Tensor(TensorType.Int64([batch]));
        for (var i = 0; i < batch; i++)
        {
            var pair = (int)((long)i * 6151 % (Modulus * Modulus));                       // every pair once, in a mixed order
            var (a, b) = (pair / Modulus, pair % Modulus);
            row(rows, i, a, b);
            target.AsSpan<long>()[i] = (a + b) % model.Classes;
        }
        inputs[model.InputName] = rows;
        inputs["target"] = target;
        return new(name, what, threads, step, inputs);
    }
}
