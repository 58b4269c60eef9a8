using System.Collections.Immutable;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs.Passes;

/// <summary>
/// Leaves out what changes no bit: <c>x·1</c>, <c>x/1</c>, <c>x − 0</c>, and makes a constant number that is stretched to a shape only to
/// meet another tensor of that shape a scalar again. Gradients begin with such numbers.
/// </summary>
public static class Identities
{
    /// <summary>The graph without them; every output has the same bits.</summary>
    public static Graph Apply(Graph graph) => Rewriting.Apply(graph, Simplify);

    private static Value Simplify(Value value, ImmutableArray<Value> inputs)
    {
        if (inputs.Length != 2 || value.Op is not (Elementwise2<Add> or Elementwise2<Sub> or Elementwise2<Mul> or Elementwise2<Div>))
        {
            return Rewriting.OnInputs(value, inputs);
        }
        var (a, b) = (inputs[0], inputs[1]);
        if (value.Name is null && a.Type == value.Type && IsNeutral(value.Op, b)) { return a; }
        if (value.Name is null && b.Type == value.Type && value.Op is Elementwise2<Mul> && IsNeutral(value.Op, a)) { return b; }
        return Rewriting.OnInputs(value, [Shrunk(a, b, value.Shape), Shrunk(b, a, value.Shape)]);
    }

    // x + 0 is not among them: it turns −0 into 0.
    private static bool IsNeutral(Op op, Value other) => other.Op is Fill fill && op switch
    {
        Elementwise2<Mul> or Elementwise2<Div> => fill.Number == 1,
        Elementwise2<Sub> => BitConverter.DoubleToInt64Bits(fill.Number) == 0,
        _ => false,
    };

    private static Value Shrunk(Value value, Value other, TensorShape shape) =>
        value is { Name: null, Op: Fill fill, Shape.Rank: > 0 } && other.Shape == shape ? Value.Scalar(fill.Number) : value;
}
