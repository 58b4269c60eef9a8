using System.Collections.Immutable;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs;

/// <summary>One operator of the set.</summary>
/// <param name="OpType">Its name in ONNX.</param>
/// <param name="Inputs">How many inputs are its own, before the constant ones; −1 when all are.</param>
/// <param name="Make">Makes the record from what a file says; throws <see cref="GrokException"/> where it is none of ours.</param>
public sealed record OpSetEntry(string OpType, int Inputs, Func<OpForm, Op> Make);

/// <summary>
/// The pinned version of ONNX's operators and the list of those in use, one line each. None of them changed its form between opset 17
/// and opset 21: what changed are the element types that some of them accept.
/// </summary>
public static class OpSet
{
    /// <summary>The version of the default domain <c>ai.onnx</c> that graphs mean.</summary>
    public const int Opset = 17;

    /// <summary>The newest version whose files mean the same.</summary>
    public const int NewestOpset = 21;

    /// <summary>Every operator by its name in ONNX.</summary>
    public static ImmutableSortedDictionary<string, OpSetEntry> All { get; } = new OpSetEntry[]
    {
        new("Constant", 0, MakeConstant),
        new("ConstantOfShape", 0, MakeFill),
        Unary<Abs>(),
        Unary<Erf>(),
        Unary<Exp>(),
        Unary<Log>(),
        Unary<Neg>(),
        Unary<Reciprocal>(),
        Unary<Relu>(),
        Unary<Sigmoid>(),
        Unary<Sign>(),
        Unary<Sqrt>(),
        Unary<Tanh>(),
        Binary<Add>(),
        Binary<Div>(),
        Binary<Max>(),
        Binary<Min>(),
        Binary<Mul>(),
        Binary<Sub>(),
        Question<Equal>(),
        Question<Greater>(),
        Question<Less>(),
        new("Where", 3, _ => new Where()),
        new("Cast", 1, form => new Cast((ElementType)form.Integer("to", 0))),
        new("ReduceSum", 1, MakeReduceSum),
        new("MatMul", 2, _ => new MatMul()),
        new("Transpose", 1, form => new Transpose(form.Integers("perm") ?? [.. Enumerable.Range(0, Rank(form)).Reverse()])),
        new("Reshape", 1, MakeReshape),
        new("Expand", 1, form => new Expand(Broadcast(form))),
        new("Concat", -1, form => new Concat(Axis(form, (int)form.Integer("axis", 0)))),
        new("Slice", 1, MakeSlice),
        new("Gather", 2, MakeGather),
        new("ScatterND", 3, MakeScatterAdd),
        new("OneHot", 1, MakeOneHot),
        new("ArgMax", 1, MakeArgMax),
        new("Softmax", 1, form => LastAxis(form, new Softmax())),
        new("LogSoftmax", 1, form => LastAxis(form, new LogSoftmax())),
        new("LayerNormalization", 3, form => LastAxis(form, new LayerNormalization(form.Float("epsilon", 1e-5f)))),
    }.ToImmutableSortedDictionary(entry => entry.OpType, entry => entry, StringComparer.Ordinal);

    /// <summary>True for an operator of this library that stands in the set. A record of somebody else's may bear the same name.</summary>
    public static bool Contains(Op op) => op.GetType().Assembly == typeof(OpSet).Assembly && All.ContainsKey(op.OpType);

    /// <summary>The entry of an operator.</summary>
    /// <exception cref="GrokException">It is not in the set; the message lists those that are.</exception>
    public static OpSetEntry Find(string opType) => All.TryGetValue(opType, out var entry) ? entry : throw new GrokException(
        $"The operator {opType} is not supported.{Spelling.Suggestion(opType, All.Keys)}",
        $"Supported are: {string.Join(", ", All.Keys)}.", kind: ProblemKind.Integrity);

    private static OpSetEntry Unary<TFunction>()
        where TFunction : IElementwise<TFunction> => new(TFunction.OpType, 1, _ => new Elementwise<TFunction>());

    private static OpSetEntry Binary<TFunction>()
        where TFunction : IElementwise2<TFunction> => new(TFunction.OpType, 2, _ => new Elementwise2<TFunction>());

    private static OpSetEntry Question<TFunction>()
        where TFunction : IComparison<TFunction> => new(TFunction.OpType, 2, _ => new Compare<TFunction>());

    // A float scalar is read as a fill, which is what every number in a graph is.
    private static Op MakeConstant(OpForm form)
    {
        var content = form.TensorOrNull("value") ?? throw form.Unfit("it has no attribute value", "a tensor");
        return content.Type == TensorType.Float32([]) ? new Fill(content.AsSpan<float>()[0], content.Type) : new Constant(content);
    }

    private static Fill MakeFill(OpForm form)
    {
        var content = form.TensorOrNull("value") ?? Tensor.Of<float>([1], [0]);
        form.Require(content.Shape.Count == 1, $"its value is {content.Type}", "one number");
        var number = content.Type.Element switch
        {
            ElementType.Int64 => content.AsSpan<long>()[0],
            ElementType.Bool => content.AsSpan<bool>()[0] ? 1 : 0,
            ElementType.Float32 => content.AsSpan<float>()[0],
            _ => throw form.Unfit($"its value is {content.Type}", "Float32, Int64 or Bool"),
        };
        return new Fill(number, new(content.Type.Element, Shape(form)));
    }

    private static ReduceSum MakeReduceSum(OpForm form)
    {
        var axes = form.Constants(0) ?? [];
        if (axes.Count == 0 && form.Integer("noop_with_empty_axes", 0) == 0) { axes = [.. Enumerable.Range(0, Rank(form))]; }
        return new ReduceSum([.. axes.Select(axis => Axis(form, axis)).Order()], form.Integer("keepdims", 1) != 0);
    }

    // An extent of 0 is the input's; one may be −1: as many as are left.
    private static Reshape MakeReshape(OpForm form)
    {
        var extents = (form.Constants(0) ?? throw form.Unfit("it has no shape", "a constant shape")).ToArray();
        for (var axis = 0; axis < extents.Length; axis++)
        {
            if (extents[axis] != 0) { continue; }
            form.Require(
                axis < Rank(form) && form.Integer("allowzero", 0) == 0, $"extent {axis} is 0", "0 where the input has that axis");
            extents[axis] = form.InputTypes[0].Shape[axis];
        }
        var unknown = Array.IndexOf(extents, -1);
        if (unknown >= 0)
        {
            extents[unknown] = 1;
            var known = TensorShape.Create(extents).Count;
            form.Require(
                form.InputTypes[0].Shape.Count % known == 0, $"{form.InputTypes[0]} does not divide by {known}", "extents whose product fits");
            extents[unknown] = form.InputTypes[0].Shape.Count / known;
        }
        return new Reshape(TensorShape.Create(extents));
    }

    private static Slice MakeSlice(OpForm form)
    {
        var axis = Axis(form, form.ConstantInputs.Length > 2 && form.ConstantInputs[2] is not null ? form.Constant(2) : 0);
        form.Require(form.Constants(3) is not { } steps || steps is [1], $"its steps are {form.Constants(3)}", "a step of 1");
        var extent = form.InputTypes[0].Shape[axis];
        var (start, end) = (FromEnd(form.Constant(0), extent), FromEnd(form.Constant(1), extent));
        form.Require(end > start, $"it runs from {start} to {end}", "at least one index");
        return new Slice(axis, start, end - start);
    }

    private static Gather MakeGather(OpForm form)
    {
        form.Require(Axis(form, (int)form.Integer("axis", 0)) == 0, $"its axis is {form.Integer("axis", 0)}", "axis 0");
        return new Gather();
    }

    private static ScatterAdd MakeScatterAdd(OpForm form)
    {
        form.Require(form.Text("reduction", "none") == "add", $"its reduction is {form.Text("reduction", "none")}", "reduction add");
        return new ScatterAdd();
    }

    private static OneHot MakeOneHot(OpForm form)
    {
        form.Require(form.Integer("axis", -1) == -1, $"its axis is {form.Integer("axis", -1)}", "the last axis, -1");
        var values = form.ConstantInputs.Length > 1 ? form.ConstantInputs[1] as Tensor : null;
        form.Require(
            values?.Type == TensorType.Float32([2]) && values.AsSpan<float>() is [0, 1], "its values are others than 0 and 1", "floats 0, 1");
        return new OneHot(form.Constant(0));
    }

    private static ArgMax MakeArgMax(OpForm form)
    {
        form.Require(form.Integer("keepdims", 1) == 1, "it takes the axis away", "keepdims 1");
        form.Require(form.Integer("select_last_index", 0) == 0, "the last of equal ones wins", "select_last_index 0");
        var axis = form.Integer("axis", 0);
        form.Require(axis == -1 || axis == Rank(form) - 1, $"its axis is {axis}", "the last axis, -1");
        return new ArgMax();
    }

    private static Op LastAxis(OpForm form, Op op)
    {
        var axis = form.Integer("axis", -1);
        form.Require(axis == -1 || axis == Rank(form) - 1, $"its axis is {axis}", "the last axis, -1");
        return op;
    }

    private static TensorShape Shape(OpForm form) =>
        [.. form.Constants(0) ?? throw form.Unfit("it has no shape", "a constant shape")];

    // ONNX lets Expand's shape have 1 where the input's extent stays; the record has the result.
    private static TensorShape Broadcast(OpForm form) => TensorShape.Broadcast(form.InputTypes[0].Shape, Shape(form));

    private static int Rank(OpForm form) => form.InputTypes[0].Shape.Rank;

    private static int Axis(OpForm form, int axis) => form.InputTypes[0].Shape.Axis(axis);

    private static int FromEnd(int index, int extent) => Math.Clamp(index < 0 ? index + extent : index, 0, extent);
}
