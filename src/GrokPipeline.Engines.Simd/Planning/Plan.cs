using GrokPipeline.Engines.Simd.Kernels;
using GrokPipeline.Graphs;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>A compiled graph: kernels in order, where inputs and outputs lie, and what is copied after a run.</summary>
/// <param name="Kernels">In the order in which they run.</param>
/// <param name="Inputs">The slot of each input by name.</param>
/// <param name="Outputs">The slot of each output by name.</param>
/// <param name="Commits">Outputs that are copied into the inputs that carry them, because they could not be computed in place.</param>
/// <param name="Constants">Slots that are filled once.</param>
/// <param name="Bytes">Size of the memory that the slots' addresses are offsets into.</param>
/// <param name="Fault">Where kernels note wrong indices.</param>
internal sealed record Plan(
    Kernel[] Kernels,
    IReadOnlyDictionary<string, Slot> Inputs,
    IReadOnlyDictionary<string, Slot> Outputs,
    (Slot From, Slot To)[] Commits,
    (Slot Slot, Node Node)[] Constants,
    long Bytes,
    Fault Fault)
{
    /// <summary>Plans a graph.</summary>
    public static Plan Of(Graph graph)
    {
        var lowered = Lowering.Of(graph);
        return new PlanBuilder(graph, lowered).Build();
    }

    /// <summary>Bytes of scratch that each thread needs.</summary>
    public long ScratchBytes => (Kernels.Select(kernel => kernel.ScratchBytes).DefaultIfEmpty(0).Max() + 127) / 64 * 64;
}
