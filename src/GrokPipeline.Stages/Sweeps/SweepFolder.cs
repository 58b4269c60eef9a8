using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// The folders of one sweep: <c>models/sweeps/NAME/</c> with a folder for each plan and one for the members of all of them. Members are
/// not below their plan, because a member with the same id in two plans is the same work: a changed file, or a refinement, finds it done.
/// </summary>
internal sealed class SweepFolder(Workspace workspace, string sweep)
{
    /// <summary>The folder of all sweeps, below <c>models/</c>.</summary>
    public const string Name = "sweeps";

    /// <summary>The folder of tables in a plan's folder.</summary>
    public const string Tables = "tables";

    /// <summary>The last state of a member, where it is kept.</summary>
    public const string CheckpointName = "final.safetensors";

    /// <summary>The folder of the report in a plan's folder.</summary>
    public const string Report = "report";

    /// <summary>The workspace.</summary>
    public Workspace Workspace => workspace;

    /// <summary>Changes files.</summary>
    public DurableFile Files => workspace.Files;

    /// <summary>The sweep's folder.</summary>
    public string Root { get; } = Path.Combine(workspace.Models, Name, sweep);

    /// <summary>The lock of a run over a whole plan.</summary>
    public string Lock => Path.Combine(Root, ".lock");

    /// <summary>What messages call the folder.</summary>
    public string Shown => workspace.Display(Root);

    /// <summary>The folder of a plan.</summary>
    public string Plan(SweepPlan plan) => Path.Combine(Root, plan.Id);

    /// <summary>The folder of a member.</summary>
    public string Member(string id) => Path.Combine(Root, "members", id);

    /// <summary>The lock of a member; beside the folders, so that those hold results alone.</summary>
    public string MemberLock(string id) => Path.Combine(Root, ".locks", id);

    /// <summary>The folder in which a training that members start with is made: a workspace of its own.</summary>
    public string Start(string id) => Path.Combine(Root, "starts", id);

    /// <summary>The file of a plan in its own folder.</summary>
    public string PlanFile(SweepPlan plan) => Path.Combine(Plan(plan), SweepPlan.FileName);

    /// <summary>The plans that were written, by folder.</summary>
    public IEnumerable<SweepPlan> Plans() => Directory.Exists(Root)
        ? Directory.EnumerateDirectories(Root).Select(folder => Path.Combine(folder, SweepPlan.FileName)).Where(File.Exists)
            .Order(StringComparer.Ordinal).Select(path => SweepPlan.Read(path, workspace.Display(path)).In(workspace.Root))
        : [];

    /// <summary>Writes a plan into its folder unless it is there.</summary>
    /// <exception cref="GrokException">The one that is there was changed.</exception>
    public void Keep(SweepPlan plan)
    {
        var path = PlanFile(plan);
        Files.CreateFolder(Plan(plan));
        if (File.Exists(path) && File.Exists(Path.ChangeExtension(path, ".sha256")))
        {
            var there = SweepPlan.Read(path, workspace.Display(path)).In(workspace.Root);
            if (there.Id == plan.Id) { return; }
            throw new GrokException(
                $"holds the plan {there.Id}, not {plan.Id} as its folder says.", $"Delete {workspace.Display(Plan(plan))} and run again.",
                workspace.Display(path), ProblemKind.Integrity);
        }
        plan.Write(Files, path);
    }
}
