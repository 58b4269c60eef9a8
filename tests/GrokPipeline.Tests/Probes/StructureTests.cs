using GrokPipeline.Probes;
using GrokPipeline.Probes.Structure;
using GrokPipeline.Tables;
using GrokPipeline.Tests.Training;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Tests.Probes;

/// <summary>Probes of structure against answers worked out by hand.</summary>
public sealed class StructureTests
{
    [Theory]
    [InlineData(2.0, 1.0)]
    [InlineData(2.02, 1.0)]                 // a gap of 0.02² against a variance of 0.68: below 0.01
    [InlineData(4.0, 0.0)]                  // 0 + 4 − 2·1 = 2, squared and over the variance 26/9: 1.4
    public void Three_values_make_one_parallelogram(double third, double expected)
    {
        var found = Quality([3, 1], [0, 1, (float)third]);
        Assert.Equal((expected, 1.0), (found["rqi"], found["parallelograms"]));
    }

    [Fact]
    public void Values_on_a_line_close_every_parallelogram_and_have_one_dimension()
    {
        var found = Quality([10, 2], [.. Enumerable.Range(0, 10).SelectMany(i => (float[])[2 * i, 5 - i])]);
        Assert.Equal((1.0, 70.0), (found["rqi"], found["parallelograms"]));     // Σ n(n − 1)/2 with n pairs of a sum: 2·(1+1+3+3+6+6+10) + 10
        Assert.Equal((0, 1), (found["pca_entropy"], found["effective_dimension"]), (a, b) => Near(a.Item1, b.Item1) && Near(a.Item2, b.Item2));
    }

    [Fact]
    public void A_square_has_two_dimensions_and_equal_rows_have_none()
    {
        var square = Quality([4, 2], [1, 0, -1, 0, 0, 1, 0, -1]);
        Assert.Equal(Math.Log(2), square["pca_entropy"], 1e-12);
        Assert.Equal(2, square["effective_dimension"], 1e-12);
        Assert.Equal(double.NaN, Quality([3, 1], [7, 7, 7])["rqi"]);
    }

    [Fact]
    public void The_fewest_neurons_are_counted_from_the_largest_incoming_norm()
    {
        // Incoming norms 5, 1, 3. Class 1 in row 1 needs the third neuron; the second changes no answer.
        var checkpoint = new MadeUp(
            4,
            new()
            {
                ["hidden.0.weight"] = Tensor.Of<float>([2, 3], [3, 1, 0, 4, 0, 3]), ["output.weight"] = Tensor.Of<float>([3, 2], [1, 0, 0.01f, 0, 0, 1]),
            },
            new() { ["hidden.0"] = new Activation([3], [1, 0.1f, 0, 0, 0.1f, 1]) });
        var context = Contexts.Of("w", new Tensor(TensorType.Float32([2]))) with
        {
            Checkpoint = checkpoint,
            Trajectory = [checkpoint],
            Splits = [new("validation", 0, 2)],
        };
        var found = Findings(new SparsityProbe(new()), context);
        Assert.Equal((2.0, 2 / 3.0, 4.0, 1.0), (found["neurons"], found["share"], found["norm_inside"], found["norm_outside"]));
    }

    [Theory]
    [InlineData("add")]
    [InlineData("sub")]
    public void In_the_analytic_solution_all_phases_fit(string op)
    {
        var context = BuiltByHand.Quadratic(op);
        var found = Findings(new PhaseProbe(new()), context);
        foreach (var name in (string[])["phase_cosine", "phase_fit", "same_frequency", "ipr"]) { Assert.Equal(1, found[name], 1e-5); }
        var drawn = Findings(new PhaseProbe(new()), context with { Checkpoint = context.Initial });
        Assert.InRange(drawn["phase_cosine"], -0.6, 0.6);
        Assert.InRange(drawn["ipr"], 2.0 / BuiltByHand.P, 0.6);
    }

    [Theory]
    [InlineData(3, 4)]                      // three of two elements, one of three
    [InlineData(4, 28)]                     // the symmetric group of four has 30 subgroups
    public void The_subgroups_of_a_symmetric_group_are_found(int symbols, int expected) =>
        Assert.Equal(expected, GroupTable.Of(Symmetric(symbols, _ => [0]), "coset_distance").Subgroups().Count());

    [Fact]
    public void Even_and_odd_permutations_are_cosets_of_the_alternating_group()
    {
        var found = Findings(new CosetProbe(new()), Symmetric(3, permutation => [Parity(permutation)]));
        Assert.Equal((0.0, 3.0, 4.0), (found["ratio"], found["order"], found["subgroups"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cosets_on_both_sides_are_looked_at(bool left)
    {
        // In the dataset's product a·b a permutation is a first, then b. Cosets x·H with H = {1, (0 1)} are all permutations that take
        // the same place to 2; cosets H·x are all that agree on where 2 goes.
        var found = Findings(new CosetProbe(new()), Symmetric(
            3, permutation => Point(left ? Array.IndexOf(permutation, 2) : permutation[2])));
        Assert.Equal((0.0, 2.0, left ? 1.0 : 0.0), (found["ratio"], found["order"], found["left"]));
        static float[] Point(int place) => [place == 0 ? 1 : 0, place == 1 ? 1 : 0];
    }

    [Fact]
    public void A_table_that_is_no_group_is_refused() => Assert.Contains(
        "needs the table of a group",
        Assert.Throws<GrokException>(() => Findings(new CosetProbe(new()), BuiltByHand.Quadratic("sub"))).Problem, StringComparison.Ordinal);

    [Fact]
    public void Points_at_equal_distances_have_equal_affinities()
    {
        double[] squares = [.. Enumerable.Range(0, 16).Select(i => i / 4 == i % 4 ? 0.0 : 2)];
        var affinities = Tsne.Affinities(squares, 4, 3);
        for (var i = 0; i < 16; i++) { Assert.Equal(i / 4 == i % 4 ? 0 : 1 / 12.0, affinities[i], 1e-12); }
    }

    [Fact]
    public void A_picture_keeps_three_clusters_together_and_is_the_same_again()
    {
        var random = new Seed(5).Stream();
        var points = new Features(
            [.. Enumerable.Range(0, 45).SelectMany(i => Enumerable.Range(0, 6).Select(k => (k == i % 3 ? 5 : 0) + (0.3 * random.NextNormal())))], 45, 6);
        var picture = Tsne.Of(points, 10, 400);
        Assert.Equal(picture.Places, Tsne.Of(points, 10, 400).Places);
        double Distance(int i, int j) => Math.Pow(picture.Places[2 * i] - picture.Places[2 * j], 2)
            + Math.Pow(picture.Places[(2 * i) + 1] - picture.Places[(2 * j) + 1], 2);
        for (var i = 0; i < 45; i++)
        {
            // The 14 nearest are the others of its cluster.
            Assert.All(Enumerable.Range(0, 45).Where(j => j != i).OrderBy(j => Distance(i, j)).Take(14), j => Assert.Equal(i % 3, j % 3));
        }
        Assert.InRange(picture.Divergence, 0, 1);
    }

    [Theory]
    [InlineData(0.01, 0.5)]                 // only the first neuron at the first row is within reach of 0
    [InlineData(3, 2)]                      // both neurons that look at the input, at both rows; the third is constant
    public void A_neuron_counts_where_a_vertex_lies_on_each_side_of_its_kink(double radius, double expected)
    {
        var facts = Small.Features(2, 2);
        var model = new Mlp(new MlpOptions { Hidden = [3] }, facts);
        var weights = new Dictionary<string, Tensor>
        {
            ["hidden.0.weight"] = Tensor.Of<float>([2, 3], [1, 1, 0, 0, 0, 0]), ["hidden.0.bias"] = Tensor.Of<float>([3], [0, 1, 0.5f]),
            ["output.weight"] = Tensor.Of<float>([3, 2], [1, 0, 0, 1, 1, 1]), ["output.bias"] = Tensor.Of<float>([2], [0, 0]),
        };
        var rows = Table.Of(ColumnValues.Vector("x", 2, [0.001f, 0, 0.5f, 0]), ColumnValues.Of("label", (long[])[0, 1]));
        var context = BuiltByHand.Of(model, weights, facts, rows) with { Splits = [new("train", 0, 2)] };
        Assert.Equal(expected, Findings(new LocalComplexityProbe(new() { Radius = radius }), context)["complexity"]);
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-6;

    private static Dictionary<string, double> Quality(TensorShape shape, float[] values) =>
        Findings(new RepresentationProbe(new()), Contexts.Of("embed.weight", Tensor.Of<float>(shape, values), shape[0]));

    private static Dictionary<string, double> Findings(Probe probe, ProbeContext context) =>
        probe.Run(context).Where(finding => finding.Control.Length == 0).ToDictionary(finding => finding.Name, finding => finding.Value);

    private static float Parity(int[] permutation) =>
        Enumerable.Range(0, permutation.Length).Sum(i => Enumerable.Range(0, i).Count(j => permutation[j] > permutation[i])) % 2;

    // The table c[i] = b[a[i]] of all permutations, with a vector for each as the last layer's column.
    private static ProbeContext Symmetric(int symbols, Func<int[], float[]> vector)
    {
        var all = Permutations([.. Enumerable.Range(0, symbols)]).ToArray();
        var index = all.Select((permutation, i) => (Key: string.Join(' ', permutation), i)).ToDictionary(pair => pair.Key, pair => (long)pair.i);
        var pairs = all.SelectMany((a, i) => all.Select((b, j) => ((long)i, (long)j, index[string.Join(' ', a.Select(k => b[k]))]))).ToArray();
        var vectors = all.Select(vector).ToArray();
        var matrix = Tensor.Of<float>(
            [vectors[0].Length, all.Length], [.. Enumerable.Range(0, vectors[0].Length).SelectMany(row => vectors.Select(v => v[row]))]);
        var context = Contexts.Of("unembed.weight", matrix, all.Length);
        return context with
        {
            Facts = context.Facts with { Classes = all.Length, Operands = ["a", "b"], Target = "c" },
            Rows = Table.Of(
                ColumnValues.Of("a", (long[])[.. pairs.Select(pair => pair.Item1)]), ColumnValues.Of("b", (long[])[.. pairs.Select(pair => pair.Item2)]),
                ColumnValues.Of("c", (long[])[.. pairs.Select(pair => pair.Item3)])),
        };
    }

    private static IEnumerable<int[]> Permutations(int[] rest) => rest.Length == 0 ? [[]]
        : rest.SelectMany(first => Permutations([.. rest.Where(x => x != first)]).Select(tail => (int[])[first, .. tail]));
}
