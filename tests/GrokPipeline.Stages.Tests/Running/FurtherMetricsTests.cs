using GrokPipeline.Runs;
using GrokPipeline.Training.Measures;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>Metrics that a pipeline file asks for, on the engine that trains by default.</summary>
public sealed class FurtherMetricsTests
{
    private static readonly string[] _names = [.. FurtherMetrics.Names.Where(name => name != FurtherMetrics.WorstGroupMargin)];

    [Fact]
    public void Metrics_that_are_asked_for_are_recorded_drawn_and_judged_and_change_no_parameter()
    {
        using var asked = new SmallWorkspace(Asking($"[{string.Join(", ", _names)}], feature_layer: hidden.0"));
        using var plain = new SmallWorkspace();
        Assert.Empty(asked.Run().Failures);
        Assert.Empty(plain.Run().Failures);
        var parameters = RunDirectory.Open(asked.At("models/small")).ReadCheckpoint("final").Tensors;
        foreach (var (name, tensor) in RunDirectory.Open(plain.At("models/small")).ReadCheckpoint("final").Tensors)
        {
            Assert.Equal(tensor.Bytes.ToArray(), parameters[name].Bytes.ToArray());
        }
        var log = RunDirectory.Open(asked.At("models/small")).ReadLog(SmallWorkspace.Tools.Store);
        foreach (var name in _names)
        {
            var split = name switch
            {
                FurtherMetrics.ParameterNorm => "hidden.0.weight",
                FurtherMetrics.FeatureChange => "hidden.0",
                _ => log.Values("model", name) is null ? "train" : "model",
            };
            Assert.True(double.IsFinite(log.Values(split, name)![^1]), name);
        }
        var rank = log.Values("model", "effective_rank")![^1];
        Assert.InRange(rank, 1, 32);
        Assert.InRange(log.Values("train", "scaling_cosine")![^1], -1, 1);
        var html = File.ReadAllText(asked.At("models/small/report/report.html"));
        Assert.Contains("Effective rank of the matrices", html, StringComparison.Ordinal);
        Assert.DoesNotContain("spectral_entropy is not among train.metrics", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[worst_group_margin]", "worst_group_margin is for data with groups; this dataset has none.")]
    [InlineData("[feature_change], feature_layer: hiden.0", "no activation named 'hiden.0'. Did you mean hidden.0?")]
    [InlineData("[loss], feature_layer: hidden.0", "feature_layer is for the metric feature_change, which is not among metrics; add it there.")]
    [InlineData("[spectral_entropie]", "there is no metric named 'spectral_entropie'. Did you mean spectral_entropy?")]
    public void What_cannot_be_measured_is_refused(string metrics, string expected)
    {
        using var workspace = new SmallWorkspace(Asking(metrics));
        Assert.Contains(expected, Refusal(workspace), StringComparison.Ordinal);
    }

    [Fact]
    public void A_margin_over_a_power_of_the_norm_needs_a_homogeneous_model()
    {
        using var workspace = new SmallWorkspace(
            Asking("[normalized_margin]").Replace("bias: false", "bias: true", StringComparison.Ordinal));
        Assert.Contains("normalized_margin is for models that are homogeneous", Refusal(workspace), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rows: 40, shifted_per_class: 1, subclass_rate: 0", "train: { metrics: [worst_group_margin] }", "worst_group_margin", "1, 3")]
    [InlineData("rows: 40, subclass_rates: { 2: 0 }", "train: { metrics: [worst_group_margin] }", "worst_group_margin", "2")]
    [InlineData(
        "rows: 40, shifted_per_class: 1, subclass_rate: 0", "evaluate: { groups: subclass, metrics: [accuracy, adjusted_accuracy] }",
        "adjusted_accuracy", "1, 3")]
    [InlineData("rows: 40, shifted_per_class: 1, subclass_rate: 0", "train: { metrics: [margin_min] }", null, null)]
    [InlineData("rows: 40, shifted_per_class: 1, subclass_rate: 0.001", "train: { metrics: [worst_group_margin] }", null, null)]
    [InlineData("rows: 40", "train: { metrics: [worst_group_margin] }", null, null)]
    public void A_metric_over_groups_is_refused_where_train_has_no_row_of_one(string train, string asks, string? metric, string? groups)
    {
        using var workspace = new SmallWorkspace($$"""
            schema: 1
            datasets:
              clusters:
                use: xor_clusters
                with: { dimensions: 8 }
                split: { train: { {{train}} }, validation: { rows: 40 } }
            experiments:
              small:
                data: clusters
                model: { kind: mlp, hidden: [4] }
                {{asks}}
            """);
        if (metric is null) { PipelineFile.Read(workspace.PipelinePath); return; }
        Assert.Contains(
            $"{metric} needs rows of every subclass in train; there is none of {groups}. Give it a subclass_rate above 0",
            Refusal(workspace), StringComparison.Ordinal);
    }

    private static string Refusal(SmallWorkspace workspace) =>
        Assert.Throws<GrokException>(() => PipelineFile.Read(workspace.PipelinePath)).Problem;

    private static string Asking(string metrics) =>
        SmallWorkspace.Yaml.Replace("train: { optimizer:", $"train: {{ metrics: {metrics}, optimizer:", StringComparison.Ordinal);
}
