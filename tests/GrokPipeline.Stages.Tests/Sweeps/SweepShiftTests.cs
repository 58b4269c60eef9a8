namespace GrokPipeline.Stages.Tests.Sweeps;

/// <summary>A sweep whose members differ in how rare half of the subclasses are in train.</summary>
public sealed class SweepShiftTests
{
    private const string Yaml = """
        schema: 1
        name: rare
        params: { seed: 0, rate: 0.5 }
        datasets:
          blobs:
            use: gaussian_subclasses
            with: { geometry: equidistant, positions: 9, dimensions: 2, sigma: 0.1 }
            seed: ${params.seed}
            split: { train: { rows: 80, shifted_per_class: 1, subclass_rate: "${params.rate}" }, validation: { rows: 160 } }
        defaults: { train: { steps: 40, evaluate_every: 10 } }
        experiments:
          small:
            data: blobs
            model: { kind: mlp, hidden: [8] }
        sweeps:
          rates: { experiment: small, over: { params.rate: [0.0, 0.5, 1.0] }, seeds: { option: params.seed, count: 2 } }
          decays: { experiment: small, over: { experiments.small.train.steps: [40, 50] }, seeds: { option: params.seed, count: 2 } }

        """;

    [Fact]
    public void The_table_of_members_has_the_shift_of_their_data_and_the_report_its_correlation()
    {
        using var workspace = new SmallWorkspace(Yaml);
        var run = workspace.Sweep("rates");
        run.Run(new());
        var table = SmallWorkspace.Tools.Store.Read(Find(workspace, "members.parquet"));
        var (rates, shifts) = (table.Float64("params.rate").ToArray(), table.Float64("group_shift").ToArray());
        Assert.Equal(6, shifts.Length);
        for (var i = 0; i < shifts.Length; i++)
        {
            // Rows of a rare subclass by rows of another: f. Half are rare: shares f/(1 + f)/4 and 1/(1 + f)/4 against 1/8 each.
            Assert.Equal((1 - rates[i]) / (2 * (1 + rates[i])), shifts[i], 0.02);
        }
        // Without a rare subclass both splits are of one distribution: what is left beyond chance is small and may be below 0.
        var excess = table.Float64("group_shift_excess").ToArray();
        for (var i = 0; i < shifts.Length; i++) { Assert.True(excess[i] <= shifts[i]); }
        Assert.All(table.Float64("class_shift").ToArray(), shift => Assert.InRange(shift, 0, 0.02));
        var report = File.ReadAllText(Find(workspace, "report.html"));
        Assert.Contains("total variation over subclasses between train and the split of generalization", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_whose_data_differs_by_seed_alone_have_no_shift_to_compare()
    {
        using var workspace = new SmallWorkspace(Yaml);
        workspace.Sweep("decays").Run(new());
        var table = SmallWorkspace.Tools.Store.Read(Find(workspace, "members.parquet"));
        Assert.All(table.Float64("group_shift").ToArray(), shift => Assert.True(double.IsNaN(shift)));
    }

    private static string Find(SmallWorkspace workspace, string name) =>
        Directory.GetFiles(workspace.At("models/sweeps"), name, SearchOption.AllDirectories).Single();
}
