using System.Reflection;
using GrokPipeline.Stages;
using GrokPipeline.Tables.DuckDb;

namespace GrokPipeline.Cli.Composition;

/// <summary>Puts engines, store and stages together. Nothing outside this folder names an engine or a store.</summary>
internal static class Tools
{
    /// <summary>This program's version.</summary>
    public static string Version { get; } = typeof(Tools).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>What this program was built from, as its build says; the version when it does not.</summary>
    public static string Build { get; } =
        typeof(Tools).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? Version;

    /// <summary>The store, with its own queries.</summary>
    public static DuckDbStore Store { get; } = new();

    /// <summary>What pipelines run with.</summary>
    public static PipelineTools Create() => new()
    {
        Engine = BuiltEngines.Of,
        Scoring = BuiltEngines.Of("ort-cpu").Facts,
        Open = BuiltEngines.Open,
        Store = Store,
        Version = Version,
    };
}
