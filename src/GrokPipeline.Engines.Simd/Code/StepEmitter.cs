using System.Reflection.Emit;
using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Code;

/// <summary>The instructions of one step. Truth values are lane masks: all bits of a lane, or none.</summary>
internal static class StepEmitter
{
    /// <summary>Writes a step and gives the variable that holds its result.</summary>
    public static LocalBuilder Emit(VectorEmitter e, Step step, LocalBuilder[] x) => step.Kind switch
    {
        NodeKind.Neg => e.Call("Negate", x[0]),
        NodeKind.Abs => e.Call("Abs", x[0]),
        NodeKind.Exp => MathEmitter.Exp(e, x[0]),
        NodeKind.Log => MathEmitter.Log(e, x[0]),
        NodeKind.Sqrt => e.Call("Sqrt", x[0]),
        NodeKind.Reciprocal => e.Call("Divide", e.Constant(1f), x[0]),
        NodeKind.Tanh => MathEmitter.Tanh(e, x[0]),
        NodeKind.Sigmoid => MathEmitter.Sigmoid(e, x[0]),
        NodeKind.Erf => MathEmitter.Erf(e, x[0]),
        NodeKind.Relu => e.Larger(e.Constant(0f), x[0]),                                              // NaN stays NaN
        NodeKind.Sign => MathEmitter.Sign(e, x[0]),
        NodeKind.Add => e.Call("Add", x[0], x[1]),
        NodeKind.Sub => e.Call("Subtract", x[0], x[1]),
        NodeKind.Mul => e.Call("Multiply", x[0], x[1]),
        NodeKind.Div => e.Call("Divide", x[0], x[1]),
        NodeKind.Max => Extreme(e, e.Larger(x[0], x[1]), x[0]),
        NodeKind.Min => Extreme(e, e.Smaller(x[0], x[1]), x[0]),
        NodeKind.Greater => e.Call("GreaterThan", x[0], x[1]),
        NodeKind.Less => e.Call("LessThan", x[0], x[1]),
        NodeKind.Equal => e.Call("Equals", x[0], x[1]),
        NodeKind.Select => e.Select(x[0], x[1], x[2]),
        NodeKind.ToFloat => e.Call("BitwiseAnd", x[0], e.Constant(1f)),
        NodeKind.ToBool => e.Call("OnesComplement", e.Call("Equals", x[0], e.Constant(0f))),
        NodeKind.SumRows => OverSegment(step.Segment, x[0], (a, b) => e.Call("Add", a, b), e),
        NodeKind.MaxRows => OverSegment(step.Segment, x[0], e.Larger, e),
        _ => throw new InvalidOperationException($"{step.Kind} is no step of a loop."),
    };

    // Each lane meets the one at distance 2, then 1: the order of Lanes.Fold.
    private static LocalBuilder OverSegment(
        int segment, LocalBuilder x, Func<LocalBuilder, LocalBuilder, LocalBuilder> combine, VectorEmitter e)
    {
        for (var distance = segment / 2; distance > 0; distance /= 2) { x = combine(x, e.Exchange(x, distance)); }
        return x;
    }

    // A NaN on either side is the result; what was chosen is b when one is NaN.
    private static LocalBuilder Extreme(VectorEmitter e, LocalBuilder chosen, LocalBuilder a) =>
        e.Select(e.Call("Equals", a, a), chosen, a);
}
