using System.Collections.Immutable;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Ensembles;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Tests.Exports;

/// <summary>What is found when a runtime, or a member, gives other numbers.</summary>
public sealed class EnsembleRuleTests
{
    private const int Classes = 3;

    private static readonly float[][] Members = [[1, 2, 3, 0, 5, 1, 3, 1, 2], [2, 1, 4, 0, 6, 1, 1, 2, 4]];

    [Fact]
    public void Outputs_that_are_right_pass() => Assert.InRange(Check(new(), 1), 0, 1e-7);

    [Theory]
    [InlineData(Ensemble.Vote)]
    [InlineData(Ensemble.Disagreement)]
    [InlineData(Ensemble.MemberLogits)]
    [InlineData("probabilities")]
    [InlineData("logits")]
    public void An_output_that_is_another_is_an_error_that_names_the_row_of_the_distribution(string output)
    {
        var error = Assert.Throws<GrokException>(() => Check(new() { Wrong = output }, 40));
        Assert.Equal(ProblemKind.Failed, error.Kind);
        // The third of every 40th.
        Assert.Contains($"'{output}' of the ensemble on rows, row 80, is", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_member_is_not_hidden_by_a_large_one()
    {
        float[][] members = [Members[0], [.. Members[1].Select(logit => logit * 1e6f)]];
        var error = Assert.Throws<GrokException>(() => Check(new() { Own = members, Wrong = Ensemble.MemberLogits, By = 1e-3f }, 1));
        Assert.Contains("'member_logits'", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_without_finite_answers_is_an_error()
    {
        float[][] members = [Members[0], [.. Members[1].Select(_ => float.NaN)]];
        Assert.Contains(
            "A member has no finite answer there", Assert.Throws<GrokException>(() => Check(new() { Own = members }, 1)).Remedy,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_is_another_is_named_by_its_row_of_the_distribution()
    {
        var file = OnnxWriter.Write(Plain(), null, new Dictionary<string, Tensor>(), OnnxMetadata.Empty);
        var error = Assert.Throws<GrokException>(() => AnswerRules.Check(
            file, _ => new Given(new() { ["logits"] = Members[0], ["label"] = [2, 1, 2], ["probabilities"] = Softmax(Members[0]) }),
            [Rows(50)]));
        Assert.Contains("'label' on rows, row 100, is 2; the file's own logits say 0.", error.Problem, StringComparison.Ordinal);
    }

    private static double Check(Case of, int stride)
    {
        var ensemble = new Given(of.Outputs());
        var rules = new EnsembleRules(
            ensemble, [.. of.Own.Select(own => new Given(new() { ["logits"] = own }))], "features", Classes, 1e-5);
        rules.Check(Rows(stride), Rows(stride));
        return rules.Largest;
    }

    private static ParityRows Rows(int stride) => new(
        "rows", ImmutableSortedDictionary<string, Tensor>.Empty.Add("features", Tensor.Of<float>([3, 1], [0, 1, 2])), stride);

    private static Graphs.Graph Plain()
    {
        var logits = Graphs.Value.Input("logits_in", TensorType.Float32([3, Classes]));
        return Graphs.Graph.Of("plain", [logits], [new("logits", logits * 2)]);
    }

    private static float[] Softmax(float[] logits) => [.. logits.Chunk(Classes).SelectMany(row =>
        row.Select(logit => (float)(Math.Exp(logit - row.Max()) / row.Sum(other => Math.Exp(other - row.Max())))))];

    /// <summary>Two members and three rows; one output may be wrong on the last row.</summary>
    private sealed record Case
    {
        public float[][] Own { get; init; } = Members;

        public string? Wrong { get; init; }

        public float By { get; init; } = 1;

        public Dictionary<string, float[]> Outputs()
        {
            var shares = Own.Select(Softmax).ToArray();
            var labels = Own.Select(own => own.Chunk(Classes).Select(row => Array.IndexOf(row, row.Max())).ToArray()).ToArray();
            var vote = labels[0].Zip(labels[1], Math.Min).ToArray();
            var outputs = new Dictionary<string, float[]>
            {
                ["logits"] = [.. Own[0].Zip(Own[1], (a, b) => (a + b) / 2)],
                ["probabilities"] = [.. shares[0].Zip(shares[1], (a, b) => (a + b) / 2)],
                [Ensemble.Vote] = [.. vote.Select(label => (float)label)],
                [Ensemble.Disagreement] = [.. labels[0].Zip(labels[1], (a, b) => a == b ? 0f : 0.5f)],
                [Ensemble.MemberLogits] =
                    [.. Own[0].Chunk(Classes).Zip(Own[1].Chunk(Classes), (a, b) => a.Concat(b)).SelectMany(row => row)],
            };
            // Of the last row the first number; of the first member, where there are several. The last logit moves no label.
            if (Wrong is not null) { outputs[Wrong][^(outputs[Wrong].Length / 3)] += By; }
            return outputs;
        }
    }

    /// <summary>A session that says the same whatever it is fed.</summary>
    private sealed class Given(Dictionary<string, float[]> outputs) : ISession
    {
        public void Write(string input, Tensor tensor)
        {
        }

        public void Run()
        {
        }

        public void Read(string name, Tensor destination)
        {
            if (destination.Type.Element == ElementType.Int64)
            {
                for (var i = 0; i < destination.Shape.Count; i++) { destination.AsSpan<long>()[i] = (long)outputs[name][i]; }
            }
            else { outputs[name].CopyTo(destination.AsSpan<float>()); }
        }

        public void Dispose()
        {
        }
    }
}
