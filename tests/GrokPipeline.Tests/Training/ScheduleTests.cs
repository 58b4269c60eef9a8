using GrokPipeline.Training;
using GrokPipeline.Training.Schedules;

namespace GrokPipeline.Tests.Training;

public sealed class ScheduleTests
{
    [Fact]
    public void Without_a_rise_the_rate_is_constant()
    {
        Assert.All([1L, 2, 999], step => Assert.Equal(1, new Constant(new()).Factor(step, 1000)));
    }

    [Fact]
    public void The_rise_starts_at_one_tenth_or_as_in_the_released_code_at_zero()
    {
        var (usual, fromZero) = (new Constant(new() { Warmup = 10 }), new Constant(new() { Warmup = 10, WarmupFromZero = true }));
        Assert.Equal([0.1, 0.2, 0.9, 1, 1], new long[] { 1, 2, 9, 10, 11 }.Select(step => usual.Factor(step, 100)));
        Assert.Equal([0, 0.1, 0.9, 1, 1], new long[] { 1, 2, 10, 11, 12 }.Select(step => fromZero.Factor(step, 100)));
    }

    [Fact]
    public void The_cosine_falls_from_one_to_its_end()
    {
        var cosine = new Cosine(new() { Warmup = 10, FinalFraction = 0.1 });
        Assert.Equal(0.5, cosine.Factor(5, 110));
        Assert.Equal(1, cosine.Factor(10, 110));
        Assert.Equal(0.55, cosine.Factor(60, 110), 12);
        Assert.Equal(0.1 + (0.9 * 0.5 * (1 + Math.Cos(Math.PI / 4))), cosine.Factor(35, 110), 12);
        Assert.Equal(0.1, cosine.Factor(110, 110), 12);
        Assert.Equal(0.1, cosine.Factor(500, 110), 12);
    }

    [Fact]
    public void Evaluation_follows_each_of_its_rules()
    {
        long[] Steps(EvaluationSchedule schedule, long steps) =>
            [.. Enumerable.Range(0, (int)steps + 1).Select(step => (long)step).Where(step => schedule.Includes(step, steps))];
        Assert.Equal([0, 20, 40, 45], Steps(new EvaluationSchedule(), 45));
        Assert.Equal([0, 1, 2, 3, 20, 40], Steps(new EvaluationSchedule(20, DenseUntil: 3), 40));
        Assert.Equal([0, 1, 2, 4, 8, 16, 30], Steps(new EvaluationSchedule(1000, GridRatio: 2), 30));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12], Steps(new EvaluationSchedule(1000, GridRatio: 1.2), 12));
        Assert.Equal([0, 7], Steps(new EvaluationSchedule(100), 7));
    }

    [Fact]
    public void Options_name_what_is_wrong_with_them()
    {
        Assert.Equal(["warmup"], new ConstantOptions { Warmup = -1 }.Problems().Select(problem => problem.Option));
        Assert.Equal(["final_fraction"], new CosineOptions { FinalFraction = double.NaN }.Problems().Select(problem => problem.Option));
        Assert.Equal(
            ["every", "dense_until", "grid_ratio"], new EvaluationSchedule(0, -1, 1.0001).Problems().Select(problem => problem.Option));
    }
}
