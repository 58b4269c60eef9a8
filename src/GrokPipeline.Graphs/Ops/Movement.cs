namespace GrokPipeline.Graphs.Ops;

/// <summary>An operator that moves elements without looking at them, so that its meaning is one text for every element type.</summary>
public abstract record Movement : Op
{
    /// <inheritdoc/>
    public sealed override void Evaluate<T>(Buffers<T> buffers)
    {
        switch (buffers.OutputType.Element)
        {
            case ElementType.Int64: Move<T, long>(buffers); break;
            case ElementType.Bool: Move<T, bool>(buffers); break;
            default: Move<T, T>(buffers); break;
        }
    }

    /// <summary>The meaning, for one type of elements.</summary>
    protected abstract void Move<T, TElement>(Buffers<T> buffers);
}
