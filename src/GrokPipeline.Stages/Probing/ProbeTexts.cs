using GrokPipeline.Probes;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Probing;

/// <summary>Probes from the texts of a command line.</summary>
internal static class ProbeTexts
{
    /// <summary>Makes probes.</summary>
    /// <param name="texts">Each a kind, or a kind with options as in a pipeline file.</param>
    /// <exception cref="GrokException">A kind or an option is unknown or wrong.</exception>
    public static Probes.Probe[] Make(IReadOnlyCollection<string> texts)
    {
        var problems = new ProblemList();
        var binder = new Binder(PipelineReader.Catalogues, problems);
        var chosen = texts.Select(text => binder.Choice<Probes.Probe>(YamlReader.Read("--probe", text), "")).ToArray();
        problems.ThrowIfAny();
        return [.. chosen.OfType<Choice<Probes.Probe>>().Select(Make)];
    }

    /// <summary>The probe of a choice.</summary>
    public static Probes.Probe Make(Choice<Probes.Probe> choice) => ProbeCatalogue.All.Find(choice.Kind).Make(choice.Options);
}
