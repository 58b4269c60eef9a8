using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>Resolves and checks every member of a sweep, as if its settings had been given by <c>--set</c>. Writes nothing.</summary>
internal sealed class SweepPlanner(PipelineFile file, Sweep sweep)
{
    private readonly ProblemList _problems = new();
    private readonly KnownData _known = new();

    /// <summary>The plan of a sweep.</summary>
    /// <exception cref="GrokException">
    /// An option is unknown or a value wrong, there are more members than allowed, none at all, or two that are the same.
    /// </exception>
    public SweepPlan Plan()
    {
        var rounded = WholeNumbers.Of(file, sweep);
        CheckCount(SweepPoints.Count(rounded));
        var points = SweepPoints.Of(rounded, file.Workspace);
        CheckCount(points.Count);
        if (points.Count == 0)
        {
            throw new GrokException($"sweep {sweep.Name} has no member.", "Give it at least one setting.", sweep.Place.ToString());
        }
        return Of(points, null, ImmutableArray<PlannedMember>.Empty);
    }

    /// <summary>A plan with further settings after the members of another.</summary>
    public SweepPlan Plan(SweepPlan before, IReadOnlyList<ImmutableArray<SweepValue>> added)
    {
        CheckCount((before.Count / Repetitions) + added.Count);
        return Of(added, before.Id, before.Members);
    }

    /// <summary>True when a setting can be resolved; for a planner that plans nothing else.</summary>
    public bool Takes(ImmutableArray<SweepValue> point)
    {
        try { return Resolve(point, sweep.Options.Seeds?.From, 0) is not null && _problems.Count == 0; }
        catch (GrokException) { return false; }
    }

    private int Repetitions => sweep.Options.Seeds?.Count ?? 1;

    private SweepPlan Of(IReadOnlyList<ImmutableArray<SweepValue>> points, string? refines, ImmutableArray<PlannedMember> before)
    {
        var members = before.ToBuilder();
        foreach (var point in points)
        {
            for (var i = 0; i < Repetitions; i++)
            {
                var seed = sweep.Options.Seeds?.From + i;
                if (Resolve(point, seed, members.Count) is { } member) { members.Add(member); }
            }
        }
        _problems.ThrowIfAny();
        CheckDuplicates(members);
        var heading = new PlanHeading(
            sweep.Name, sweep.Title, sweep.Options.Experiment, sweep.Options.Seeds?.Option, sweep.Options.Retire,
            sweep.Options.Checkpoints, refines);
        return SweepPlan.Of(heading, members.ToImmutable());
    }

    private PlannedMember? Resolve(ImmutableArray<SweepValue> point, long? seed, int index)
    {
        var root = sweep.Root;
        foreach (var value in sweep.Fixed.Concat(point)) { root = Set(root, value); }
        if (seed is { } number && sweep.Options.Seeds is { } seeds)
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            root = Set(root, new(seeds.Option, new YamlScalar(sweep.Place, text, false), sweep.Place));
        }
        if (PipelineReader.ReadOne(file.Path, file.Workspace, root, sweep.Options.Experiment, _problems, _known) is not var (experiment, data)) { return null; }
        var options = new MemberOptions(experiment, data, sweep.Options.Retire, sweep.Options.Checkpoints);
        ImmutableArray<SweepSetting> settings =
            [.. point.Select(value => new SweepSetting(value.Option, ResolvedYaml.Text(value.Value)))];
        return new PlannedMember(index, options.Id(), settings, seed, experiment.Resolved) { Ready = options };
    }

    private YamlMap Set(YamlMap root, SweepValue value)
    {
        if (value.Option.Length > 0 && value.Option.Split('.').All(part => part.Length > 0))
        {
            return Overrides.Apply(root, value.Option, value.Value, value.Place, _problems);
        }
        _problems.Add(value.Place, $"sweeps.{sweep.Name}", $"'{value.Option}' is no path of an option, for instance params.seed.");
        return root;
    }

    private void CheckCount(long? settings)
    {
        if (settings is not { } count || count * Repetitions <= sweep.Options.MaxMembers) { return; }
        var times = Repetitions > 1 ? $" ({count:N0} settings, {Repetitions:N0} times each)" : "";
        throw new GrokException(
            $"sweep {sweep.Name} has {count * Repetitions:N0} members{times}, more than max_members {sweep.Options.MaxMembers:N0}.",
            $"Vary less, or raise max_members; the limit is {SweepOptions.MostMembers:N0}.", sweep.Place.ToString());
    }

    private void CheckDuplicates(IEnumerable<PlannedMember> members)
    {
        var seen = new Dictionary<string, PlannedMember>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            if (seen.TryAdd(member.Id, member)) { continue; }
            var first = seen[member.Id];
            throw new GrokException(
                $"members {first.Index} and {member.Index} of sweep {sweep.Name} are the same training: {first.Described}; "
                + $"{member.Described}.",
                $"Remove one of the values; an option that changes nothing in the training of {sweep.Options.Experiment} cannot be varied.",
                sweep.Place.ToString());
        }
    }
}
