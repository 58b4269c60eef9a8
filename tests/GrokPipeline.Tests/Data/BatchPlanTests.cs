using GrokPipeline.Data;

namespace GrokPipeline.Tests.Data;

public sealed class BatchPlanTests
{
    [Theory]
    [InlineData(10, 10), InlineData(10, 3), InlineData(10, 7), InlineData(1, 1), InlineData(4656, 512)]
    public void Laid_end_to_end_the_batches_are_whole_epochs(int rows, int batch)
    {
        var plan = new BatchPlan(rows, batch, new Seed(1));
        var all = Enumerable.Range(0, 3 * rows).SelectMany(step => Rows(plan, step)).Take(3 * rows).ToArray();
        foreach (var epoch in all.Chunk(rows)) { Assert.Equal(Enumerable.Range(0, rows), epoch.Order()); }
    }

    [Fact]
    public void A_full_batch_keeps_the_order_of_the_rows()
    {
        var plan = new BatchPlan(50, 50, new Seed(1));
        Assert.True(plan.IsFull);
        Assert.Equal(Enumerable.Range(0, 50), Rows(plan, 17));
    }

    [Fact]
    public void A_step_is_the_same_whenever_it_is_asked_for()
    {
        var forward = new BatchPlan(100, 33, new Seed(5));
        var steps = Enumerable.Range(0, 40).Select(step => Rows(forward, step)).ToArray();
        var backward = new BatchPlan(100, 33, new Seed(5));
        for (var step = 39; step >= 0; step--) { Assert.Equal(steps[step], Rows(backward, step)); }
        Assert.Equal(steps[7], Rows(new BatchPlan(100, 33, new Seed(5)), 7));
        Assert.NotEqual(steps[7], Rows(new BatchPlan(100, 33, new Seed(6)), 7));
    }

    [Fact]
    public void The_first_batch_is_as_always() =>
        Assert.Equal("6 5 4 0 2", string.Join(' ', Rows(new BatchPlan(8, 5, new Seed(0)), 0)));

    [Theory]
    [InlineData(0), InlineData(-1), InlineData(11)]
    public void A_batch_size_out_of_range_is_refused(int batch) =>
        Assert.Contains("from 1 to the number of rows", Assert.Throws<GrokException>(() => new BatchPlan(10, batch, new Seed(0))).Message,
            StringComparison.Ordinal);

    private static int[] Rows(BatchPlan plan, long step)
    {
        var rows = new int[plan.BatchSize];
        plan.RowsOf(step, rows);
        return rows;
    }
}
