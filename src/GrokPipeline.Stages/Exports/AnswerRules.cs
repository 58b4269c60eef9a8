using System.Globalization;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Exports;

/// <summary>What must hold between the outputs of one file.</summary>
internal static class AnswerRules
{
    private const double Tolerance = 1e-5;
    private const long LargestBatchBytes = 64L << 20;
    private const int LargestBatch = 1000;

    /// <summary>Checks that labels are where the file's own logits are largest, and that probabilities are theirs.</summary>
    /// <param name="file">The file, in the form for applications.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="distributions">The rows to run.</param>
    /// <exception cref="GrokException">A label or probability is another; names distribution and row.</exception>
    public static void Check(
        ReadOnlyMemory<byte> file, Func<ReadOnlyMemory<byte>, ISession> open, IEnumerable<ParityRows> distributions)
    {
        using var session = open(file);
        var classes = (int)OnnxReader.Signature(file.Span).Output("logits")!.Extents!.Value[1].Number!.Value;     // our own file
        foreach (var rows in distributions.SelectMany(all => all.Parts(BatchOf(classes)))) { Check(session, rows, classes); }
    }

    /// <summary>How many rows are looked at together, when a row has so many numbers.</summary>
    public static int BatchOf(long numbers) => (int)Math.Clamp(LargestBatchBytes / (numbers * sizeof(float)), 1, LargestBatch);

    private static void Check(ISession session, ParityRows rows, int classes)
    {
        foreach (var (name, tensor) in rows.Inputs) { session.Write(name, tensor); }
        session.Run();
        var logits = Read(session, "logits", TensorType.Float32([rows.Count, classes]));
        var probabilities = Read(session, ModelForms.Probabilities, logits.Type);
        var labels = Read(session, ModelForms.Label, TensorType.Int64([rows.Count]));
        for (var row = 0; row < rows.Count; row++)
        {
            var own = logits.AsSpan<float>().Slice(row * classes, classes);
            if (!IsFinite(own)) { continue; }                                     // a diverged model has no answer
            var label = LabelOf(own);
            var place = string.Create(CultureInfo.InvariantCulture, $"on {rows.Name}, row {rows.NumberOf(row)}");
            Require(labels.AsSpan<long>()[row] == label, ModelForms.Label, place, labels.AsSpan<long>()[row], label);
            var (largest, sum) = ((double)own[label], 0.0);
            foreach (var logit in own) { sum += Math.Exp(logit - largest); }
            for (var i = 0; i < classes; i++)
            {
                var (given, wanted) = ((double)probabilities.AsSpan<float>()[(row * classes) + i], Math.Exp(own[i] - largest) / sum);
                Require(Math.Abs(given - wanted) <= Tolerance, ModelForms.Probabilities, place, given, wanted);
            }
        }
    }

    /// <summary>True when every logit is a number.</summary>
    public static bool IsFinite(ReadOnlySpan<float> logits)
    {
        foreach (var logit in logits)
        {
            if (!float.IsFinite(logit)) { return false; }
        }
        return true;
    }

    /// <summary>Where the largest logit stands; of equal ones the first.</summary>
    public static int LabelOf(ReadOnlySpan<float> logits)
    {
        var label = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[label]) { label = i; }
        }
        return label;
    }

    private static Tensor Read(ISession session, string name, TensorType type)
    {
        var tensor = new Tensor(type);
        session.Read(name, tensor);
        return tensor;
    }

    private static void Require(bool holds, string name, string place, double given, double wanted)
    {
        if (holds) { return; }
        throw new GrokException(
            string.Create(CultureInfo.InvariantCulture, $"'{name}' {place}, is {given:R}; the file's own logits say {wanted:R}."),
            "This points to a mistake in ONNX Runtime; report it.", kind: ProblemKind.Failed);
    }
}
