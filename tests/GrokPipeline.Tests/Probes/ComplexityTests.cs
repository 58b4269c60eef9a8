using GrokPipeline.Probes.Landscape;

namespace GrokPipeline.Tests.Probes;

public sealed class ComplexityTests
{
    [Fact]
    public void Numbers_are_zigzag_coded_seven_bits_a_byte() =>
        Assert.Equal([0, 0, 1, 2, 0xD8, 0x04, 2, 3, 5], NetworkBytes.Of([(0, ([0, -1, 1, 300], [])), (1, ([-2], [-3]))]));

    [Fact]
    public void The_coarsest_good_version_is_found()
    {
        // Errors go up to δ/2; 0.06 allows a step of 10⁻¹ and not the next one, 10^(−7/8) = 0.133.
        var (tensor, search) = Search(40, 50, limit: 0.06, rankOne: false);
        var version = search.Smallest(1);
        Assert.NotNull(version);
        Assert.Equal(0.1, version.Coarseness.Step, 1e-12);
        Assert.Equal(0, version.Rank);
        Assert.InRange(version.Bytes, 1, tensor.Shape.Count);
    }

    [Fact]
    public void A_matrix_of_rank_one_is_written_as_two_vectors()
    {
        var (tensor, search) = Search(40, 50, limit: 0.06, rankOne: true);
        var (whole, cut) = (search.Smallest(1), search.Smallest(0.98));
        Assert.NotNull(whole);
        Assert.NotNull(cut);
        Assert.Equal(1, cut.Rank);
        Assert.InRange(cut.Bytes, 1, 2 * (40 + 50));
        Assert.InRange(cut.Bytes, 1, whole.Bytes / 4);
        Assert.Equal(2000, tensor.Shape.Count);
    }

    [Fact]
    public void A_limit_that_no_version_keeps_leaves_none() => Assert.Null(Search(10, 10, limit: 1e-6, rankOne: false).Search.Smallest(1));

    [Fact]
    public void A_network_that_may_lose_its_loss_is_smaller_than_one_that_may_not()
    {
        using var tiny = new TinyNetwork();
        double Bytes(double distortion) => new ComplexityProbe(new ComplexityOptions { Distortion = distortion })
            .Run(tiny.Context).Single(f => f.Name == "bytes").Value;
        Assert.True(Bytes(4) < Bytes(0.01), $"{Bytes(4)} {Bytes(0.01)}");
    }

    private static (Tensor Tensor, CoarseSearch Search) Search(int rows, int columns, double limit, bool rankOne)
    {
        var draws = new Seed(3).Stream();
        var (left, right) = (Uniform(rows), Uniform(columns));
        var tensor = new Tensor(TensorType.Float32([rows, columns]));
        for (var i = 0; i < rows * columns; i++)
        {
            tensor.AsSpan<float>()[i] = rankOne ? left[i / columns] * right[i % columns] : (float)((2 * draws.NextUniform()) - 1);
        }
        return (tensor, new CoarseSearch([tensor], restored =>
        {
            var largest = 0.0;
            for (var i = 0; i < tensor.Shape.Count; i++)
            {
                largest = Math.Max(largest, Math.Abs(restored[0].AsSpan<float>()[i] - tensor.AsSpan<float>()[i]));
            }
            return largest <= limit;
        }));

        float[] Uniform(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((2 * draws.NextUniform()) - 1))];
    }
}
