using GrokPipeline.Probes.Landscape;

namespace GrokPipeline.Tests.Probes;

public sealed class SubspaceTests
{
    private static readonly float[] _origin = [0.5f, -1, 2, 0.25f];

    [Fact]
    public void The_slope_along_directions_is_that_of_the_values()
    {
        var subspace = new Subspace(new Cubes(), _origin, 3, new Seed(2).Stream());
        var slopes = new float[3];
        Assert.Equal(Cubes.Of(_origin), subspace.Gradient(subspace.Center, slopes), 1e-6);
        for (var i = 0; i < 3; i++)
        {
            float[] Moved(float by) => [.. subspace.Center.Select((value, k) => k == i ? value + by : value)];
            var (up, down) = (subspace.Gradient(Moved(0.01f), new float[3]), subspace.Gradient(Moved(-0.01f), new float[3]));
            Assert.Equal((up - down) / 0.02, slopes[i], 0.01);
        }
    }

    [Fact]
    public void One_direction_of_length_1_is_moved_along_by_what_its_coordinate_moves()
    {
        var whole = new Cubes();
        var subspace = new Subspace(whole, _origin, 1, new Seed(2).Stream());
        subspace.Gradient([subspace.Center[0] + 0.1f], new float[1]);
        Assert.Equal(0.1, Math.Sqrt(whole.Last.Zip(_origin, (a, b) => (a - b) * (double)(a - b)).Sum()), 1e-6);
    }

    [Fact]
    public void Both_senses_of_sharpness_have_the_sign_of_their_formula()
    {
        using var network = new TinyNetwork();
        var found = new SharpnessProbe(new() { Directions = 10, Epsilon = 0.1 }).Run(network.Context).ToDictionary(f => f.Name, f => f.Value);
        Assert.Equal("loss on train, 10 directions", new SharpnessProbe(new() { Directions = 10 }).Run(network.Context).First().Target);
        Assert.True(found["phi"] > 0);
        Assert.Equal(Math.Sign(1 - found["loss"]), Math.Sign(found["phi_code"]));
        Assert.NotEqual(0, found["phi_code"]);
        // The box along directions holds less of the whole box's maximum.
        Assert.True(found["phi"] < new SharpnessProbe(new() { Epsilon = 0.1 }).Run(network.Context).First().Value);
    }

    // Σ w³.
    private sealed class Cubes : IObjective
    {
        public int Size => _origin.Length;

        public float[] Last { get; private set; } = [];

        public static double Of(IEnumerable<float> point) => point.Sum(w => (double)w * w * w);

        public double Gradient(ReadOnlySpan<float> point, Span<float> gradient)
        {
            Last = point.ToArray();
            for (var i = 0; i < point.Length; i++) { gradient[i] = 3 * point[i] * point[i]; }
            return Of(Last);
        }

        public void HessianTimes(ReadOnlySpan<float> point, ReadOnlySpan<float> direction, Span<float> product) =>
            throw new NotSupportedException();
    }
}
