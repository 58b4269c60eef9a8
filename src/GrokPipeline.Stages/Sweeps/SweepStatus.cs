using System.Collections.Immutable;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>How the members of a plan stand, read from their folders.</summary>
public sealed record SweepStatus
{
    /// <summary>The plan.</summary>
    public required SweepPlan Plan { get; init; }

    /// <summary>The plan that it adds members to; null for one of its own.</summary>
    public string? Refines => Plan.Heading.Refines;

    /// <summary>How many members ended in which way: <c>generalized</c>, <c>collapsed</c>, <c>budget</c>; in this order.</summary>
    public required ImmutableArray<(string Ending, int Count)> Ended { get; init; }

    /// <summary>Members whose last try failed.</summary>
    public required ImmutableArray<FailedMember> Failed { get; init; }

    /// <summary>Members whose result was changed since it was written.</summary>
    public required ImmutableArray<FailedMember> Damaged { get; init; }

    /// <summary>Members without a result, failed ones apart.</summary>
    public required int Waiting { get; init; }

    /// <summary>Of these, how many go on from a state that an earlier run left.</summary>
    public required int Begun { get; init; }

    /// <summary>Who runs the sweep, in words; null when nobody does.</summary>
    public required string? Holder { get; init; }

    /// <summary>Looks at a sweep: its plan first, then the refinements of it that were made.</summary>
    /// <param name="file">The pipeline.</param>
    /// <param name="sweep">The sweep's name.</param>
    /// <exception cref="GrokException">There is no such sweep, it is wrong, or a plan in its folder was changed.</exception>
    public static IReadOnlyList<SweepStatus> Of(PipelineFile file, string sweep)
    {
        var folder = new SweepFolder(new Workspace(file.Workspace, new DurableFile()), sweep);
        return [.. Chain(new SweepPlanner(file, file.FindSweep(sweep)).Plan(), folder).Select(plan => Of(plan, folder))];
    }

    /// <summary>A plan and those that refine it, each after the one that it adds to.</summary>
    internal static IEnumerable<SweepPlan> Chain(SweepPlan plan, SweepFolder folder)
    {
        var others = folder.Plans().ToArray();
        for (var next = plan; next is not null; next = others.FirstOrDefault(other => other.Heading.Refines == next.Id))
        {
            yield return next;
        }
    }

    private static SweepStatus Of(SweepPlan plan, SweepFolder folder)
    {
        var (endings, failed, damaged, waiting, begun) =
            (new List<MemberEnding>(), new List<FailedMember>(), new List<FailedMember>(), 0, 0);
        foreach (var member in plan.Members)
        {
            var place = folder.Member(member.Id);
            try
            {
                if (MemberResult.Find(folder, member.Id) is { } result) { endings.Add(result.Ending); }
                else if (MemberFailure.Read(place) is { } failure)
                {
                    failed.Add(new(member.Index, member.Id, member.Described, new GrokException(failure.Problem, "", kind: failure.Kind)));
                }
                else
                {
                    waiting++;
                    begun += Directory.Exists(Path.Combine(place, MemberRun.ResumeName)) ? 1 : 0;
                }
            }
            catch (GrokException error) { damaged.Add(new(member.Index, member.Id, member.Described, error)); }
        }
        return new SweepStatus
        {
            Plan = plan, Failed = [.. failed], Damaged = [.. damaged], Waiting = waiting, Begun = begun,
            Holder = FolderLock.Holder(folder.Lock),
            Ended =
            [
                .. ((MemberEnding[])[MemberEnding.Generalized, MemberEnding.Collapsed, MemberEnding.Budget])
                    .Select(ending => (MemberResult.Name(ending), endings.Count(other => other == ending))),
            ],
        };
    }
}
