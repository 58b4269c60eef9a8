using GrokPipeline.Data;
using GrokPipeline.Tables;

namespace GrokPipeline.Probes.Structure;

/// <summary>Options of <see cref="LocalComplexityProbe"/>.</summary>
public sealed record LocalComplexityOptions : IOptions
{
    /// <summary>The split whose rows are looked around, or <c>all</c>.</summary>
    public string On { get; init; } = "train";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 4096. Default 64.</summary>
    public int MaxRows { get; init; } = 64;

    /// <summary>Distance of the vertices, above 0. Default 0.005, as in the paper.</summary>
    public double Radius { get; init; } = 0.005;

    /// <summary>Directions, each with two vertices, from 1 to 256; at most as many as there are features. Default 25.</summary>
    public int Directions { get; init; } = 25;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in RowSample.Problems(On, MaxRows, 4096)) { yield return problem; }
        if (Radius is not (> 0 and <= 1000)) { yield return new("radius", $"radius is {Radius}; give a number above 0, usually 0.005."); }
        if (Directions is < 1 or > 256) { yield return new("directions", $"directions is {Directions}; give a number from 1 to 256."); }
    }
}

/// <summary>
/// How many linear pieces of the network meet around its rows (Humayun et al. 2024): around each row stand the vertices x ± r·v of a
/// cross-polytope with orthonormal directions v, drawn by seed; <c>complexity</c> of a layer is the mean over rows of the number of its
/// neurons whose pre-activation has both signs among the vertices. For an <c>mlp</c> on features; target <c>hidden.0.pre on train</c>.
/// </summary>
public sealed class LocalComplexityProbe(LocalComplexityOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "local_complexity";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        string[] layers = [.. context.Checkpoint.ActivationNames.Where(
            name => name.StartsWith("hidden.", StringComparison.Ordinal) && name.EndsWith(".pre", StringComparison.Ordinal))];
        if (context.Facts is not { Kind: InputKind.Features, Features: { } column } || layers.Length == 0)
        {
            throw new GrokException($"The {Kind} probe moves inputs a little; it needs an mlp on features.", "Leave it out for operands.");
        }
        var rows = RowSample.Of(context, options.On, options.MaxRows);
        var directions = Directions(context.Facts.FeatureCount, context.Seed);
        var all = context.Checkpoint.On(Vertices(context, column, rows, directions), layers);
        foreach (var (layer, activation) in layers.Zip(all))
        {
            var crossed = Crossed(activation, rows.Length, 2 * directions.Length);
            yield return new(Kind, RowSample.Title(layer, options.On), "complexity", crossed);
        }
    }

    private static double Crossed(Activation activation, int rows, int vertices)
    {
        long crossed = 0;
        for (var row = 0; row < rows; row++)
        {
            for (var neuron = 0; neuron < activation.Width; neuron++)
            {
                var (above, below) = (false, false);
                for (var vertex = 0; vertex < vertices; vertex++)
                {
                    var value = activation.Values[(((row * vertices) + vertex) * activation.Width) + neuron];
                    above |= value > 0;
                    below |= value < 0;
                }
                if (above && below) { crossed++; }
            }
        }
        return (double)crossed / rows;
    }

    private Table Vertices(ProbeContext context, string column, int[] rows, double[][] directions)
    {
        var width = context.Facts.FeatureCount;
        var source = context.Rows.Vector(column);
        var values = new float[rows.Length * 2 * directions.Length * width];
        var at = 0;
        foreach (var row in rows)
        {
            foreach (var direction in directions)
            {
                foreach (var sign in (ReadOnlySpan<int>)[1, -1])
                {
                    for (var k = 0; k < width; k++, at++)
                    {
                        values[at] = (float)(source[(row * width) + k] + (sign * options.Radius * direction[k]));
                    }
                }
            }
        }
        return Table.Of(ColumnValues.Vector(column, width, values));
    }

    // Normal vectors, made orthonormal one after the other.
    private double[][] Directions(int width, Seed seed)
    {
        var random = seed.Derive(Kind).Stream();
        var directions = new double[Math.Min(options.Directions, width)][];
        for (var i = 0; i < directions.Length; i++)
        {
            var vector = directions[i] = new double[width];
            for (var k = 0; k < width; k++) { vector[k] = random.NextNormal(); }
            for (var j = 0; j < i; j++) { Dots.Add(vector, -Dots.Of(vector, directions[j]), directions[j]); }
            var length = Math.Sqrt(Dots.Of(vector, vector));
            for (var k = 0; k < width; k++) { vector[k] /= length; }
        }
        return directions;
    }
}
