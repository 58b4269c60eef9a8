using System.Collections.Immutable;

namespace GrokPipeline.Runs;

/// <summary>A stored state of a training.</summary>
/// <param name="Step">After which step, from 0.</param>
/// <param name="Marks">What it is called: <c>before_grok</c>, <c>final</c>; may be empty.</param>
/// <param name="IsExported">Whether there is an ONNX file of it.</param>
public sealed record Checkpoint(long Step, ImmutableArray<string> Marks, bool IsExported)
{
    /// <summary>Its first mark, or <c>step:250</c>: what the methods of <see cref="RunDirectory"/> take.</summary>
    public string Label => Marks.Length > 0 ? Marks[0] : $"step:{Step.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
}
