using GrokPipeline.Data;
using GrokPipeline.Probes;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages;

/// <summary>What an experiment on answers of several tokens may not ask for: whatever looks at the one class of a row.</summary>
internal sealed class SequenceCheck(ProblemList problems)
{
    /// <summary>Notes what does not go with answers of several tokens.</summary>
    /// <param name="options">The experiment.</param>
    /// <param name="facts">Its dataset.</param>
    /// <param name="map">Where it stands.</param>
    /// <param name="at">Its path.</param>
    public void Check(ExperimentOptions options, DatasetFacts facts, YamlMap map, string at)
    {
        if (options.Export.Inputs.Contains(ModelForm.Application))
        {
            Add(map, at, "export", "inputs", $"application gives one label; an answer of this dataset has {facts.AnswerLength} tokens. "
                + "Use plain or vector.");
        }
        foreach (var probe in options.Probe.Probes.Where(probe => ProbeCatalogue.All.Find(probe.Kind).Make(probe.Options).NeedsClasses))
        {
            Add(map, at, "probe", "probes", $"{probe.Kind} looks at the one class of a row; an answer of this dataset has "
                + $"{facts.AnswerLength} tokens. Leave it out.");
        }
    }

    private void Add(YamlMap map, string at, string section, string option, string problem) =>
        problems.Add(((map[section] as YamlMap)?[option] ?? map).Place, $"{at}.{section}.{option}", problem);
}
