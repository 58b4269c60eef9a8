using System.Globalization;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Ensembles;

/// <summary>
/// Checks an ensemble against the single files of its members, all in ONNX Runtime: each member's logits, and what the ensemble makes of
/// them, computed here anew.
/// </summary>
internal sealed class EnsembleRules(ISession ensemble, IReadOnlyList<ISession> members, string input, int classes, double tolerance)
{
    /// <summary>The largest difference so far, as a share of the largest logit.</summary>
    public double Largest { get; private set; }

    /// <summary>Rows compared so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Compares on some rows.</summary>
    /// <param name="plain">The rows as a single member reads them.</param>
    /// <param name="fed">The same rows as the ensemble reads them.</param>
    /// <exception cref="GrokException">An output differs beyond the tolerance; says which, on which row.</exception>
    public void Check(ParityRows plain, ParityRows fed)
    {
        var rows = plain.Count;
        var single = members.Select(member => Single(member, plain, rows)).ToArray();
        foreach (var (name, tensor) in fed.Inputs) { ensemble.Write(name, tensor); }
        ensemble.Run();
        var all = Floats(Ensemble.MemberLogits, [rows, members.Count, classes]);
        var scale = Math.Max(single.Max(logits => logits.Max(Math.Abs)), float.Epsilon);
        for (var member = 0; member < members.Count; member++)
        {
            for (var row = 0; row < rows; row++)
            {
                for (var i = 0; i < classes; i++)
                {
                    var given = all[(((row * members.Count) + member) * classes) + i];
                    Near(given, single[member][(row * classes) + i], scale, Ensemble.MemberLogits, plain.Name, row);
                }
            }
        }
        Votes(all, rows, plain.Name);
        Means(all, rows, scale, plain.Name);
        Rows += rows;
    }

    // What most members say, of equally many the smallest; and how many say something else.
    private void Votes(float[] all, int rows, string distribution)
    {
        var given = new Tensor(TensorType.Int64([rows]));
        ensemble.Read(Ensemble.Vote, given);
        var disagreement = Floats(Ensemble.Disagreement, [rows]);
        var counts = new int[classes];
        for (var row = 0; row < rows; row++)
        {
            if (!AnswerRules.IsFinite(all.AsSpan(row * members.Count * classes, members.Count * classes))) { continue; }
            Array.Clear(counts);
            for (var member = 0; member < members.Count; member++)
            {
                counts[AnswerRules.LabelOf(all.AsSpan(((row * members.Count) + member) * classes, classes))]++;
            }
            var vote = Array.IndexOf(counts, counts.Max());
            if (given.AsSpan<long>()[row] != vote) { throw Wrong(Ensemble.Vote, distribution, row, given.AsSpan<long>()[row], vote); }
            Near(disagreement[row], (members.Count - counts[vote]) / (double)members.Count, 1, Ensemble.Disagreement, distribution, row);
        }
    }

    private void Means(float[] all, int rows, double scale, string distribution)
    {
        var (logits, probabilities) = (Floats("logits", [rows, classes]), Floats(ModelForms.Probabilities, [rows, classes]));
        var (sums, shares) = (new double[classes], new double[classes]);
        for (var row = 0; row < rows; row++)
        {
            Array.Clear(sums);
            Array.Clear(shares);
            for (var member = 0; member < members.Count; member++)
            {
                var own = all.AsSpan(((row * members.Count) + member) * classes, classes);
                var (largest, total) = ((double)own[AnswerRules.LabelOf(own)], 0.0);
                foreach (var logit in own) { total += Math.Exp(logit - largest); }
                for (var i = 0; i < classes; i++)
                {
                    sums[i] += own[i];
                    shares[i] += Math.Exp(own[i] - largest) / total;
                }
            }
            for (var i = 0; i < classes; i++)
            {
                Near(logits[(row * classes) + i], sums[i] / members.Count, scale, "logits", distribution, row);
                Near(
                    probabilities[(row * classes) + i], shares[i] / members.Count, 1, ModelForms.Probabilities, distribution, row);
            }
        }
    }

    private float[] Single(ISession session, ParityRows plain, int rows)
    {
        session.Write(input, plain.Inputs[input]);
        session.Run();
        var logits = new Tensor(TensorType.Float32([rows, classes]));
        session.Read("logits", logits);
        return logits.AsSpan<float>().ToArray();
    }

    private float[] Floats(string name, TensorShape shape)
    {
        var tensor = new Tensor(TensorType.Float32(shape));
        ensemble.Read(name, tensor);
        return tensor.AsSpan<float>().ToArray();
    }

    private void Near(double given, double wanted, double scale, string name, string distribution, int row)
    {
        if (given == wanted || (double.IsNaN(given) && double.IsNaN(wanted))) { return; }
        var relative = Math.Abs(given - wanted) / scale;
        if (!(relative <= tolerance)) { throw Wrong(name, distribution, row, given, wanted); }
        Largest = Math.Max(Largest, relative);
    }

    private static GrokException Wrong(string name, string distribution, int row, double given, double wanted) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"'{name}' of the ensemble on {distribution}, row {row}, is {given:R}; its members give {wanted:R}."),
        "This points to a mistake in the writer or in ONNX Runtime; report it.", kind: ProblemKind.Failed);
}
