using GrokPipeline.Data;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;
using GrokPipeline.Training;

namespace GrokPipeline.Stages;

/// <summary>What the training of an experiment would run; nothing is read from its folders, nothing is written.</summary>
/// <param name="Engine">The name of its engine.</param>
/// <param name="First">Its first step.</param>
public sealed record PlannedTraining(string Engine, FirstStep First)
{
    /// <summary>Makes the experiment's dataset in memory and builds the step from it.</summary>
    /// <param name="file">The pipeline.</param>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="tools">Engines and store.</param>
    /// <exception cref="GrokException">There is no such experiment, or its dataset cannot be made.</exception>
    public static PlannedTraining Of(PipelineFile file, string experiment, PipelineTools tools)
    {
        var options = file.Find(experiment).Options;
        var graph = new StageGraph(file, new Workspace(file.Workspace, new DurableFile()), tools);
        var splits = DatasetBuilder.Build(graph.Datasets.Single(data => data.Entry.Name == options.Data).Entry.Spec).Splits;
        var train = graph.Of(experiment).OfType<Train>().Single();
        return new(options.Train.Engine, new FirstStep(train.Plan(split => splits[split])));
    }
}
