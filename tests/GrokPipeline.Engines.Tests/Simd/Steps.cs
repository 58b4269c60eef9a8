using System.Security.Cryptography;
using GrokPipeline.Data;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>Training steps of small models, large enough to be cut into chunks and to have ends of rows.</summary>
internal static class Steps
{
    public const int Modulus = 23;

    public static DatasetFacts Addition { get; } = Sums(Modulus);

    public static TrainStep Decoder(int batch) => TrainStep.Of(
        new Transformer(new TransformerOptions { Layers = 2, DModel = 36, Heads = 3, Mlp = 77, Bias = true }, Addition),
        batch, new AdamW(new AdamWOptions()), new CrossEntropy());

    public static TrainStep Network(
        int batch, int modulus = Modulus, Optimizer? optimizer = null, NoiseOptions? noise = null,
        PenaltyOptions? penalty = null) => TrainStep.Of(
        new Mlp(new MlpOptions { Encode = OperandEncoding.Embedding, Embedding = 24, Hidden = [70, 33] }, Sums(modulus)),
        batch, optimizer ?? new AdamW(new AdamWOptions()), new CrossEntropy(), noise: noise, penalty: penalty);

    /// <summary>Rows, targets, settings and first values.</summary>
    public static void Begin(TrainStep step, ISession session)
    {
        foreach (var (name, tensor) in step.Model.Initialize(new Seed(3))) { session.Write(name, tensor); }
        session.Write("learning_rate", Tensor.Scalar(1e-3f));
        session.Write("weight_decay", Tensor.Scalar(1f));
        if (step.Graph.InputType("adamw.learning_rate") is not null) { session.Write("adamw.learning_rate", Tensor.Scalar(1e-3f)); }
        var rows = new Tensor(step.Graph.InputType(step.Model.InputName)!.Value);                  // the model's own input
        var target = new Tensor(TensorType.Int64([step.Batch]));
        var modulus = step.Model.Classes;
        for (var i = 0; i < step.Batch; i++)
        {
            var (a, b) = (i * 7 % modulus, i * 5 / 3 % modulus);
            long[] row = step.Model.InputName == RowEncoding.Tokens ? [a, modulus, b, modulus + 1] : [a, b];
            row.CopyTo(rows.AsSpan<long>()[(i * row.Length)..]);
            target.AsSpan<long>()[i] = (a + b) % modulus;
        }
        session.Write(step.Model.InputName, rows);
        session.Write("target", target);
    }

    /// <summary>The hash of everything that some steps give out, on the simd engine.</summary>
    public static string Hash(TrainStep step, int threads, int runs)
    {
        using var session = new SimdEngine().Compile(step.Graph, new CompileOptions { Threads = threads });
        Begin(step, session);
        for (var run = 0; run < runs; run++) { session.Run(); }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var output in step.Graph.Outputs)
        {
            var tensor = new Tensor(output.Value.Type);
            session.Read(output.Name, tensor);
            hash.AppendData(tensor.Bytes);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static DatasetFacts Sums(int modulus) => new()
    {
        Kind = InputKind.Operands, Classes = modulus, Target = "c", Operands = ["a", "b"], OperandValues = modulus,
        Operation = $"a + b (mod {modulus})",
    };

    public static float Loss(ISession session)
    {
        var loss = new Tensor(TensorType.Float32([]));
        session.Read("loss", loss);
        return loss.AsSpan<float>()[0];
    }
}
