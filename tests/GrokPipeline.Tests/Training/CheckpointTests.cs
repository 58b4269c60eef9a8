using System.Collections.Immutable;
using GrokPipeline.Runs;
using GrokPipeline.Training;
using GrokPipeline.Training.Checkpoints;

namespace GrokPipeline.Tests.Training;

public sealed class CheckpointTests
{
    private static readonly CrossingRule _rule = new("validation", 0.99, 3);
    private static readonly CheckpointSchedule _schedule = new() { Every = 50 };

    [Fact]
    public void The_schedule_and_the_states_around_the_transition_are_stored_once_each()
    {
        // Evaluated every 10 steps; crosses at 120, known at 140, when the ring holds 90 to 140.
        var keeper = new CheckpointKeeper(_schedule, _rule, steps: 200, ring: 6);
        var (stored, known) = Feed(keeper, Records(200, crossing: 120));
        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 50, 64, 90, 100, 110, 120, 128, 130, 140, 150, 200], stored.Order());
        Assert.Equal(stored.Order(), keeper.Stored);
        Assert.Equal([90, 110, 120, 130, 140], known[140]);           // 100 was stored by the schedule
        Assert.Equal(stored.Count, stored.Distinct().Count());
    }

    [Fact]
    public void Without_a_transition_only_the_schedule_is_stored()
    {
        var (stored, _) = Feed(new CheckpointKeeper(_schedule, _rule, 200, 6), Records(200, crossing: 10_000));
        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 50, 64, 100, 128, 150, 200], stored);
    }

    [Fact]
    public void States_are_asked_for_only_when_needed()
    {
        var keeper = new CheckpointKeeper(_schedule, _rule, 200, 6);
        var asked = 0;
        foreach (var record in Records(200, crossing: 10_000))
        {
            keeper.Consider(record, () =>
            {
                asked++;
                return State(record.Step);
            });
        }
        Assert.Equal(21 + 8, asked);                          // evaluated: 0, 10, …, 200; besides 1, 2, 4, 8, 16, 32, 64, 128
    }

    [Fact]
    public void A_saved_keeper_goes_on_as_if_it_had_not_stopped()
    {
        var records = Records(200, crossing: 120);
        for (var stop = 0; stop < records.Count; stop += 7)
        {
            var whole = new CheckpointKeeper(_schedule, _rule, 200, 6);
            var first = new CheckpointKeeper(_schedule, _rule, 200, 6);
            var expected = Feed(whole, records).Stored;
            var stored = Feed(first, records[..stop]).Stored;
            using var file = new MemoryStream();
            first.Save().Write(file);
            file.Position = 0;
            var second = new CheckpointKeeper(_schedule, _rule, 200, 6, KeeperState.Read(file, "ring"));
            stored.AddRange(Feed(second, records[stop..]).Stored);
            Assert.Equal(expected, stored);
            using var a = new MemoryStream();
            using var b = new MemoryStream();
            whole.Save().Write(a);
            second.Save().Write(b);
            Assert.Equal(a.ToArray(), b.ToArray());
        }
    }

    [Fact]
    public void A_broken_state_is_not_stored()
    {
        var keeper = new CheckpointKeeper(_schedule, _rule, 200, 6);
        var broken = new StepRecord(50, double.NaN, 1, 0.1, null);
        Assert.Empty(keeper.Consider(broken, () => State(50)));
        Assert.Empty(keeper.Stored);
    }

    [Fact]
    public void A_file_of_something_else_is_refused()
    {
        using var file = new MemoryStream(State(7).Bytes());
        Assert.Contains("no recent states", Assert.Throws<GrokException>(() => KeeperState.Read(file, "ring")).Problem);
        using var plain = new MemoryStream(Safetensors.ToBytes([]));
        Assert.Contains("no training state", Assert.Throws<GrokException>(() => TrainingState.Read(plain, "state")).Problem);
    }

    [Fact]
    public void Marks_stand_before_at_and_after_the_transition()
    {
        // √(100·1600) = 400: nearest as a ratio are 256 (1.56) and 600 (1.5).
        var marks = Marks.Assign(100, 1600, [0, 64, 128, 256, 600, 1024, 1590, 1600, 1999, 2000, 2048, 4000], Marks.Names);
        Assert.Equal(
            [("before_grok", 600), ("at_grok", 1600), ("after_grok", 2000), ("final", 4000L)],
            marks.Select(mark => (mark.Name, mark.Step!.Value)));
    }

    [Fact]
    public void Marks_that_never_happen_say_why()
    {
        static string[] Missing(long? m, long? g, long[] stored) =>
            [.. Marks.Assign(m, g, stored, Marks.Names).Select(mark => mark.Missing ?? "")];
        const string never = "it did not generalize within the budget";
        Assert.Equal([never, never, never, ""], Missing(100, null, [0, 500]));
        Assert.Equal(["train was never learnt", "", "", ""], Missing(null, 100, [100, 125]));
        Assert.Equal(["it generalized at step 100, not after train was learnt at step 200", "", "", ""], Missing(200, 100, [100, 125]));
        Assert.Equal(
            ["no checkpoint was stored from step 10 to 99", "no checkpoint was stored at step 100",
                "training ended before 1.25 times the generalization step 100", ""],
            Missing(10, 100, [0, 124]));
        Assert.Equal([never, never, never, "no checkpoint was stored"], Missing(null, null, []));
        Assert.Contains("Did you mean 'at_grok'?", Assert.Throws<GrokException>(() => Marks.Assign(1, 2, [1], ["at_grk"])).Problem);
    }

    private static List<StepRecord> Records(int steps, long crossing) => [.. Enumerable.Range(0, steps + 1).Select(step => new StepRecord(
        step, step == 0 ? null : 1, step == 0 ? null : 1, 0.1,
        step % 10 != 0 ? null : new StepScores([new("train", 0, 10, 10), new("validation", 1, step >= crossing ? 10 : 1, 10)], 3)))];

    private static (List<long> Stored, Dictionary<long, long[]> ByStep) Feed(CheckpointKeeper keeper, IEnumerable<StepRecord> records)
    {
        var (stored, byStep) = (new List<long>(), new Dictionary<long, long[]>());
        foreach (var record in records)
        {
            byStep[record.Step] = [.. keeper.Consider(record, () => State(record.Step)).Select(state => state.Step)];
            stored.AddRange(byStep[record.Step]);
        }
        return (stored, byStep);
    }

    private static TrainingState State(long step) => new(
        step, ImmutableSortedDictionary<string, Tensor>.Empty.WithComparers(StringComparer.Ordinal).Add("w", Tensor.Scalar((float)step)),
        ImmutableSortedDictionary<string, Tensor>.Empty.WithComparers(StringComparer.Ordinal).Add("w.m", Tensor.Scalar(1f)));
}
