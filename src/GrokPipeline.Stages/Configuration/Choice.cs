namespace GrokPipeline.Stages.Configuration;

/// <summary>One thing of a catalogue with its options, as a pipeline file chose it by <c>kind:</c>.</summary>
/// <param name="Kind">The name in the catalogue.</param>
/// <param name="Options">The options of that entry.</param>
/// <typeparam name="T">What the catalogue makes.</typeparam>
public sealed record Choice<T>(string Kind, IOptions Options) : IChoice;

/// <summary>A choice of any catalogue.</summary>
internal interface IChoice
{
    /// <summary>The name in the catalogue.</summary>
    string Kind { get; }

    /// <summary>The options of that entry.</summary>
    IOptions Options { get; }
}

/// <summary>Names of a catalogue with the types of their options; what binder and schema need of one.</summary>
internal sealed record CatalogueNames(string Kind, IReadOnlyDictionary<string, Type> Options)
{
    public static CatalogueNames Of<T>(Catalogue<T> catalogue) =>
        new(catalogue.Kind, catalogue.ToDictionary(entry => entry.Name, entry => entry.OptionsType, StringComparer.Ordinal));
}
