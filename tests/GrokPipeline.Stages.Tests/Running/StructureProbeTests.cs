using GrokPipeline.Stages.Tests.Cli;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>Probes of structure in a pipeline, from the file to the table of grokking times.</summary>
[Collection("current folder")]
public sealed class StructureProbeTests
{
    [Fact]
    public void Probes_of_structure_run_on_every_checkpoint_and_date_grokking_by_the_representation()
    {
        using var workspace = new SmallWorkspace(SmallWorkspace.Yaml.Replace(
            "{ probes: [weight_norm, { kind: linear, at: hidden.0, target: c, repeats: 1 }] }",
            "{ checkpoints: all, probes: [rqi, effective_sparsity, neuron_phases, { kind: tsne, iterations: 40 }, { kind: sharpness, directions: 4 }] }",
            StringComparison.Ordinal));
        Assert.Empty(workspace.Run().Failures);
        var found = Grokpipe.Run(workspace.Root, "query", """
            select probe, count(distinct step) = (select count(distinct step) from probes) as everywhere, bool_and(isfinite(value)) as finite
            from probes where probe <> 'neuron_phases' and name not in ('norm_outside', 'norm_inside') group by probe order by probe
            """, "--format", "csv").Out.ReplaceLineEndings("\n");
        Assert.Equal(
            "probe,everywhere,finite\neffective_sparsity,true,true\nrqi,true,true\nsharpness,true,true\ntsne,true,true\n",
            found.Replace("\"", "", StringComparison.Ordinal));
        var times = Grokpipe.Run(
            workspace.Root, "query", "select train_step, not_reached from grokking_times where definition = 'rqi'", "--format", "csv").Out;
        Assert.Contains("DNF-test", times, StringComparison.Ordinal);                          // squares over operands lie on no line
        Assert.Contains("Share of parallelograms", File.ReadAllText(workspace.At("models/small/report/report.html")), StringComparison.Ordinal);
    }
}
