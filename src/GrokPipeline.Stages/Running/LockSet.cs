using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Running;

/// <summary>Several locks that are given back together.</summary>
internal sealed class LockSet : IDisposable
{
    private readonly List<FolderLock> _locks = [];

    /// <summary>Adds one.</summary>
    public void Add(FolderLock held) => _locks.Add(held);

    /// <inheritdoc/>
    public void Dispose() => _locks.ForEach(held => held.Dispose());
}
