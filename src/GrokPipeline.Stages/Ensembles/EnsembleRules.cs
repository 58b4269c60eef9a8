using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Ensembles;

/// <summary>
/// Checks an ensemble against the single files of its members, all in ONNX Runtime: each member's logits, and what the ensemble makes of
/// them, computed here anew. A member's logits are measured against their own scale, so that a small member is not hidden by a large one.
/// </summary>
internal sealed class EnsembleRules(ISession ensemble, IReadOnlyList<ISession> members, string input, int classes, double tolerance)
{
    /// <summary>The largest difference so far, as a share of the output's scale.</summary>
    public double Largest { get; private set; }

    /// <summary>Compares on some rows.</summary>
    /// <param name="plain">The rows as a single member reads them.</param>
    /// <param name="fed">The same rows as the ensemble reads them.</param>
    /// <exception cref="GrokException">An output differs beyond the tolerance, or is not finite; says which, on which row.</exception>
    public void Check(ParityRows plain, ParityRows fed)
    {
        OutputGap[] own = [.. members.Select(_ => new OutputGap(Ensemble.MemberLogits, plain.Name))];
        var (logits, probabilities, disagreement) = (
            new OutputGap("logits", plain.Name), new OutputGap(ModelForms.Probabilities, plain.Name, 1),
            new OutputGap(Ensemble.Disagreement, plain.Name, 1));
        var size = AnswerRules.BatchOf((long)members.Count * classes);
        foreach (var (one, other) in plain.Parts(size).Zip(fed.Parts(size)))
        {
            foreach (var (name, tensor) in other.Inputs) { ensemble.Write(name, tensor); }
            ensemble.Run();
            var all = Floats(Ensemble.MemberLogits, [one.Count, members.Count, classes]);
            for (var member = 0; member < members.Count; member++) { Members(all, member, one, own[member]); }
            Votes(all, one, disagreement);
            Means(all, one, logits, probabilities);
        }
        logits.Widen(own.Max(gap => gap.Scale));                 // members that cancel out leave a small mean with their own rounding
        foreach (var gap in own.Concat([logits, probabilities, disagreement]))
        {
            gap.Require(tolerance);
            Largest = Math.Max(Largest, gap.Relative);
        }
    }

    private void Members(float[] all, int member, ParityRows rows, OutputGap gap)
    {
        var session = members[member];
        session.Write(input, rows.Inputs[input]);
        session.Run();
        var logits = new Tensor(TensorType.Float32([rows.Count, classes]));
        session.Read("logits", logits);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var i = 0; i < classes; i++)
            {
                var given = all[(((row * members.Count) + member) * classes) + i];
                gap.See(given, logits.AsSpan<float>()[(row * classes) + i], rows.NumberOf(row));
            }
        }
    }

    // What most members say, of equally many the smallest; and how many say something else.
    private void Votes(float[] all, ParityRows rows, OutputGap gap)
    {
        var given = new Tensor(TensorType.Int64([rows.Count]));
        ensemble.Read(Ensemble.Vote, given);
        var disagreement = Floats(Ensemble.Disagreement, [rows.Count]);
        var counts = new int[classes];
        for (var row = 0; row < rows.Count; row++)
        {
            Array.Clear(counts);
            for (var member = 0; member < members.Count; member++)
            {
                counts[AnswerRules.LabelOf(all.AsSpan(((row * members.Count) + member) * classes, classes))]++;
            }
            var vote = Array.IndexOf(counts, counts.Max());
            var said = given.AsSpan<long>()[row];
            if (said != vote) { throw OutputGap.Wrong(Ensemble.Vote, rows.Name, rows.NumberOf(row), said, vote); }
            gap.See(disagreement[row], (members.Count - counts[vote]) / (double)members.Count, rows.NumberOf(row));
        }
    }

    private void Means(float[] all, ParityRows rows, OutputGap mean, OutputGap share)
    {
        var (logits, probabilities) = (Floats("logits", [rows.Count, classes]), Floats(ModelForms.Probabilities, [rows.Count, classes]));
        var (sums, shares) = (new double[classes], new double[classes]);
        for (var row = 0; row < rows.Count; row++)
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
                mean.See(logits[(row * classes) + i], sums[i] / members.Count, rows.NumberOf(row));
                share.See(probabilities[(row * classes) + i], shares[i] / members.Count, rows.NumberOf(row));
            }
        }
    }

    private float[] Floats(string name, TensorShape shape)
    {
        var tensor = new Tensor(TensorType.Float32(shape));
        ensemble.Read(name, tensor);
        return tensor.AsSpan<float>().ToArray();
    }
}
