using System.Text;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Training;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// The trainings that members start with. Each is made as <c>grokpipe run</c> makes it, in a workspace of its own below the sweep's
/// folder, so that members that start with the same one, in any process, train it once, and a killed one goes on.
/// </summary>
internal static class MemberStart
{
    // Another member may be training it; how long that takes is not known.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(30);

    /// <summary>The values that a member begins with; null for first values of its seed.</summary>
    /// <param name="folder">The sweep's folders.</param>
    /// <param name="tools">What to train with.</param>
    /// <param name="experiment">The member's experiment.</param>
    /// <param name="model">Its model.</param>
    /// <param name="stop">Ends the other training between two steps, with a state to resume from.</param>
    /// <exception cref="GrokException">The other training failed, was stopped, or has no such checkpoint.</exception>
    public static TrainingState? Of(SweepFolder folder, PipelineTools tools, Experiment experiment, Model model, CancellationToken stop)
    {
        if (experiment.Parent is not { } parent || experiment.Options.Train.Start is not { } options) { return null; }
        var id = MemberOptions.IdOf(CanonicalText.Of(parent.TrainingJson()));
        var workspace = new Workspace(folder.Start(id), folder.Files);
        using var held = FolderLock.Take(
            folder.Files, folder.MemberLock($"start-{id}"), folder.Workspace.Display(workspace.Root), Libc.Lock.Exclusive, tools.Clock,
            Patience);
        var file = PipelineFile.Parse(parent.Name, Encoding.UTF8.GetBytes(parent.Resolved), workspace.Root, []);
        var outcome = new PipelineRun(file, tools, _ => { }, folder.Files).Run(
            new RunRequest { Targets = [$"{parent.Name}/train"], Threads = 1 }, stop);
        if (outcome.Failures is [var failure, ..]) { throw failure.Error; }
        return new StartingPoint(options, Path.Combine(workspace.Experiment(parent.Name), RunLayout.Checkpoints), workspace.Display)
            .Read(model);
    }
}
