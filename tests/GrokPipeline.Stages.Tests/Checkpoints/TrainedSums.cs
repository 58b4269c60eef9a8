using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Checkpoints;

/// <summary>The README's pipeline, run once, with every checkpoint exported: sums modulo 23, which grok at step 290.</summary>
public sealed class TrainedSums : IDisposable
{
    private readonly SmallWorkspace _workspace = new(ReadMe.Block("yaml"));
    private int _copies;

    public TrainedSums() => Assert.Empty(_workspace.Run(overrides: ["experiments.sums.export.models=all"]).Failures);

    public string Root => _workspace.Root;

    public string Experiment => _workspace.At("models/sums");

    /// <summary>A copy of the experiment's folder, to be damaged; it goes with the fixture.</summary>
    public string Copy()
    {
        var copy = _workspace.At($"copies/{Interlocked.Increment(ref _copies)}/sums");
        foreach (var file in Directory.EnumerateFiles(Experiment, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Experiment, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);             // not null: below the copy
            File.Copy(file, target);
        }
        return copy;
    }

    public void Dispose() => _workspace.Dispose();
}

/// <summary>Tests that only read one trained experiment.</summary>
[CollectionDefinition(Name)]
public sealed class TrainedSumsCollection : ICollectionFixture<TrainedSums>
{
    public const string Name = "trained sums";
}
