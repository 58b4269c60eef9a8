namespace GrokPipeline.Probes.Structure;

/// <summary>Options of <see cref="CosetProbe"/>.</summary>
public sealed record CosetOptions : IOptions
{
    /// <summary>
    /// A matrix with a row for each element, such as an embedding. Empty, the default, is the last layer's matrix, whose columns belong to
    /// the elements as answers.
    /// </summary>
    public string Parameter { get; init; } = "";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => OperandMatrix.Problems(Parameter);
}

/// <summary>
/// Whether elements of a group lie in clusters that are cosets of a subgroup, as Power et al. (2022, figure 3) see it in S₅. For every
/// subgroup that one or two elements generate, and both kinds of cosets: mean distance of two elements of one coset over that of elements
/// of different ones. Findings: <c>ratio</c>, the least of all, <c>order</c> of its subgroup, <c>left</c> (1 for cosets x·H, 0 for H·x),
/// and <c>subgroups</c>, how many were looked at. 1 means no structure; many subgroups of two elements make the least one lower than 1 by
/// chance, which the same ratio for the untrained model shows (control <c>random_init</c>).
/// </summary>
public sealed class CosetProbe(CosetOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "coset_distance";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var group = GroupTable.Of(context, Kind);
        var subgroups = group.Subgroups().ToArray();
        if (subgroups.Length == 0)
        {
            throw new GrokException(
                $"A group of {group.Order} elements has no subgroup to make cosets of.", "Use it with a group of composite order.");
        }
        foreach (var finding in Findings(context.Checkpoint, group, subgroups, "")) { yield return finding; }
        yield return new(Kind, Target(context.Checkpoint), "subgroups", subgroups.Length);
        foreach (var finding in Findings(context.Initial, group, subgroups, "random_init")) { yield return finding; }
    }

    private IEnumerable<ProbeFinding> Findings(ProbedCheckpoint checkpoint, GroupTable group, int[][] subgroups, string control)
    {
        if (checkpoint.Parameters.Count == 0) { yield break; }
        var distances = Distances(Points(checkpoint, group.Order));
        var (best, order, left) = (double.PositiveInfinity, 0, true);
        foreach (var subgroup in subgroups)
        {
            foreach (var side in (bool[])[true, false])
            {
                var ratio = Ratio(distances, group.Cosets(subgroup, side));
                if (ratio < best) { (best, order, left) = (ratio, subgroup.Length, side); }
            }
        }
        var target = Target(checkpoint);
        yield return new(Kind, target, "ratio", double.IsFinite(best) ? best : double.NaN, control);
        yield return new(Kind, target, "order", order, control);
        yield return new(Kind, target, "left", left ? 1 : 0, control);
    }

    private string Target(ProbedCheckpoint checkpoint) => options.Parameter.Length > 0 ? options.Parameter
        : ClassPoints.NameIn(checkpoint.Parameters, Kind);

    private double[][] Points(ProbedCheckpoint checkpoint, int order)
    {
        if (options.Parameter.Length == 0) { return ClassPoints.Of(checkpoint.Parameters, Kind, order); }
        var (_, tensor) = ParameterChoice.Of(
            checkpoint.Parameters, options.Parameter,
            t => t.Type.Element == ElementType.Float32 && t.Shape.Rank == 2 && t.Shape[0] >= order,
            $"a matrix with a row for each of {order} elements").Single();
        var (width, values) = (tensor.Shape[1], tensor.AsSpan<float>().ToArray());
        return [.. Enumerable.Range(0, order).Select(row => values.Skip(row * width).Take(width).Select(value => (double)value).ToArray())];
    }

    private static double[,] Distances(double[][] points)
    {
        var distances = new double[points.Length, points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                double sum = 0;
                for (var k = 0; k < points[i].Length; k++) { sum += (points[i][k] - points[j][k]) * (points[i][k] - points[j][k]); }
                distances[i, j] = Math.Sqrt(sum);
            }
        }
        return distances;
    }

    private static double Ratio(double[,] distances, int[] coset)
    {
        var (within, between, inside, across) = (0.0, 0.0, 0L, 0L);
        for (var i = 0; i < coset.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (coset[i] == coset[j]) { (within, inside) = (within + distances[i, j], inside + 1); }
                else { (between, across) = (between + distances[i, j], across + 1); }
            }
        }
        return within / inside / (between / across);
    }
}
