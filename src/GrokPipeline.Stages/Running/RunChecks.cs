using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Running;

/// <summary>What is looked at before anything is made.</summary>
internal static class RunChecks
{
    /// <summary>Every experiment's training engine is there.</summary>
    /// <exception cref="GrokException">One is unknown or absent; with the line that names it.</exception>
    public static void Engines(PipelineFile file, PipelineTools tools)
    {
        foreach (var experiment in file.Experiments)
        {
            try { tools.Engine(experiment.Options.Train.Engine); }
            catch (GrokException error)
            {
                throw new GrokException(
                    $"experiments.{experiment.Name}.train.engine: {error.Problem}", error.Remedy, experiment.EnginePlace.ToString(),
                    error.Kind, error);
            }
        }
    }

    /// <summary>A stage that is to run alone is one.</summary>
    /// <exception cref="GrokException">There is no such kind of stage.</exception>
    public static void Only(string? only)
    {
        if (only is null or "data" || StageGraph.Kinds.Contains(only)) { return; }
        string[] known = ["data", .. StageGraph.Kinds];
        throw new GrokException(
            $"there is no stage '{only}'.{DidYouMean.Of(only, known)}", $"Use one of: {string.Join(", ", known)}.", "--only");
    }
}
