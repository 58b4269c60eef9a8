using System.Collections.Concurrent;
using System.Reflection.Emit;
using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Code;

/// <summary>
/// Floating-point operations of generated loops: one for each arithmetic step, comparison or addend of a sum, and element; none for
/// selections and conversions. Exponential, logarithm, hyperbolic tangent, sigmoid and error function count what their code consists of:
/// additions, multiplications, divisions, and two for each fused multiply-add.
/// </summary>
internal static class StepCost
{
    private static readonly ConcurrentDictionary<NodeKind, int> Counted = new();

    /// <summary>Operations of a step for one element.</summary>
    public static int Of(NodeKind kind) => kind switch
    {
        NodeKind.Exp or NodeKind.Log or NodeKind.Tanh or NodeKind.Sigmoid or NodeKind.Erf => Counted.GetOrAdd(kind, Count),
        NodeKind.Select or NodeKind.ToBool or NodeKind.ToFloat => 0,
        _ => 1,
    };

    /// <summary>Operations of a program over some rows, which have so many elements together.</summary>
    public static long Of(LoopProgram program, long rows, long elements)
    {
        long operations = 0;
        foreach (var step in program.Steps)
        {
            operations += (step.IsRow && !LoopSchedule.IsReduction(step) ? rows : elements) * Of(step.Kind);
        }
        foreach (var sink in program.Sinks)
        {
            if (program.Operands[sink.Operand].Role is Role.AddVector or Role.AddScalar) { operations += sink.IsRow ? rows : elements; }
        }
        return operations;
    }

    // The code is written once more, to nowhere, and counted: a change of a formula changes its count.
    private static int Count(NodeKind kind)
    {
        var emitter = new VectorEmitter(new DynamicMethod("counted", typeof(void), []).GetILGenerator());
        StepEmitter.Emit(emitter, new(kind, [Source.Constant(0)], IsRow: false), [emitter.Constant(0)]);
        return emitter.Operations;
    }
}
