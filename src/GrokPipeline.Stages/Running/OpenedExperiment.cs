using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Running;

/// <summary>A finished experiment, opened outside of a run: its folder and what its stages have in common.</summary>
/// <param name="Directory">The folder; its checkpoints are checked.</param>
/// <param name="Setting">The experiment as it was resolved when it was run, its datasets checked.</param>
internal sealed record OpenedExperiment(RunDirectory Directory, ExperimentSetting Setting)
{
    /// <summary>Opens an experiment's folder.</summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="folder">The folder, <c>models/NAME</c>.</param>
    /// <exception cref="GrokException">
    /// It holds no finished training, files of it or of its data are missing or changed, or the checkpoints are of another training than
    /// its resolved options say.
    /// </exception>
    public static OpenedExperiment Open(PipelineTools tools, string folder)
    {
        var directory = RunDirectory.Open(folder);
        var root = Path.GetDirectoryName(Path.GetDirectoryName(directory.Path)) ?? ".";
        var path = Path.Combine(directory.Path, Derived.Resolved);
        if (!File.Exists(path))
        {
            throw new GrokException(
                $"{Derived.Resolved} is missing: the last run of it did not come to its end.", Remedy(directory.Name), folder,
                ProblemKind.Integrity);
        }
        var file = PipelineFile.Parse(Derived.Resolved, File.ReadAllBytes(path), root, []);
        var experiment = file.Experiments[0];
        var workspace = new Workspace(root, new DurableFile());
        if (workspace.Experiment(experiment.Name) != directory.Path)
        {
            throw new GrokException(
                $"holds the experiment '{experiment.Name}', which belongs in models/{experiment.Name}.", "Move it back.", folder,
                ProblemKind.Integrity);
        }
        var data = file.Datasets.ToDictionary(
            dataset => dataset.Name, dataset => new Generate(dataset, workspace, tools), StringComparer.Ordinal);
        var read = experiment.Distributions.Select(distribution => distribution.Dataset).Prepend(experiment.Options.Data);
        foreach (var name in read.Distinct())
        {
            FinishedFolder.Check(workspace.Dataset(name), $"data/{name}");
        }
        var opened = new OpenedExperiment(directory, new ExperimentSetting(experiment, workspace, tools, data));
        opened.RequireSameTraining(new StageGraph(file, workspace, tools).Of(experiment.Name).OfType<Train>().Single());
        return opened;
    }

    // The resolved options are written when all stages of a run are done, the checkpoints when they are trained. The version of the engine
    // is not compared: what is said below of the checkpoints holds with a newer one too.
    private void RequireSameTraining(Train train)
    {
        var record = StageRecord.Read(Path.Combine(Directory.Path, RunLayout.Checkpoints))!;                  // not null: it was opened
        var inputs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in train.Inputs)
        {
            var place = input.Producer.Place(input.Output);
            foreach (var (path, hash) in Manifest.Read(place).Hashes.Where(pair => input.Reads(pair.Key)))
            {
                inputs[Setting.Workspace.Display(Path.Combine(place, path))] = hash;
            }
        }
        var now = StageRecord.Of(train.Kind, record.Revision, train.Options, inputs, record.Engine);
        if (now.Key == record.Key) { return; }
        throw new GrokException(
            $"the checkpoints are of another training than {Derived.Resolved} says ({StageStates.Difference(record, now)}).",
            Remedy(Directory.Name), Setting.Workspace.Display(Directory.Path), ProblemKind.Integrity);
    }

    private static string Remedy(string name) => $"Bring it up to date: grokpipe run {name}";
}
