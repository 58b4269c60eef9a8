using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Graphs;

public sealed class OpSetTests
{
    private static readonly ImmutableArray<Op> SampledOps =
        [.. OpSamples.All.Values.SelectMany(sample => sample.Graph.Values).Select(value => value.Op).OfType<Op>().Distinct()];

    public static TheoryData<string> Samples => [.. OpSamples.All.Keys];

    [Fact]
    public void Every_operator_has_a_sample()
    {
        var sampled = SampledOps.Select(op => op.GetType()).ToHashSet();
        var missing = OpTypes().Where(type => !sampled.Contains(type)).Select(type =>
            $"tests/GrokPipeline.Testing/Samples: [\"{Short(type)}\"] = OpSample.Of(1e-6, s => [s.Float(\"x\", [3, 17]).{Short(type)}()]),");
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_operator_is_in_the_set()
    {
        var known = OpSet.All.Values.Select(entry => entry.OpType).ToHashSet();
        var missing = SampledOps.Where(op => !known.Contains(op.OpType)).Select(op => $"OpSet.cs: new(\"{op.OpType}\", …),").Distinct();
        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void An_operator_is_made_again_from_its_form(string sample)
    {
        foreach (var value in OpSamples.Find(sample).Graph.Values.Where(value => !value.IsInput))
        {
            var again = Remake(value);
            Assert.Equal(Text(value.Named("v")), Text(Value.Of(again, value.Inputs.AsSpan()).Named("v")));
        }
    }

    [Fact]
    public void Defaults_of_the_standard_are_understood()
    {
        var type = TensorType.Float32([2, 3, 4]);
        Assert.Equal(new Transpose([2, 1, 0]), Make("Transpose", [type]));
        Assert.Equal(new ReduceSum([0, 1, 2], true), Make("ReduceSum", [type]));
        Assert.Equal(new ReduceSum([1, 2], false), Make("ReduceSum", [type], [Longs(-1, 1)], ("keepdims", 0L)));
        Assert.Equal(new Reshape([6, 4]), Make("Reshape", [type], [Longs(-1, 4)]));
        Assert.Equal(new Slice(2, 1, 2), Make("Slice", [type], [Longs(-3), Longs(-1), Longs(-1), Longs(1)]));
        Assert.Equal(new Slice(0, 1, 1), Make("Slice", [type], [Longs(1), Longs(int.MaxValue)]));
        Assert.Equal(new Expand([5, 2, 3, 4]), Make("Expand", [type], [Longs(5, 1, 1, 1)]));
        Assert.Equal(new Concat(2), Make("Concat", [type], [], ("axis", -1L)));
        Assert.Equal(new Softmax(), Make("Softmax", [type], [], ("axis", 2L)));
        Assert.Equal(new Fill(0, TensorType.Float32([3])), Make("ConstantOfShape", [], [Longs(3)]));
    }

    [Theory]
    [InlineData("Gather", "axis", 1L, "Gather: its axis is 1. Expected is axis 0.")]
    [InlineData("Softmax", "axis", 0L, "Softmax: its axis is 0. Expected is the last axis, -1.")]
    [InlineData("ScatterND", "reduction", "mul", "ScatterND: its reduction is mul. Expected is reduction add.")]
    [InlineData("Cast", "to", 6L, "Cast to 6 is not among a graph's types. Cast to Float32, Float64, Int64 or Bool.")]
    [InlineData("Gather", "axis", "0", "Gather: attribute axis is a String. Expected is a Int64.")]
    public void A_form_that_is_none_of_ours_is_refused(string opType, string attribute, object content, string message)
    {
        TensorType[] types = [TensorType.Float32([2, 3]), TensorType.Int64([2])];
        var error = Assert.Throws<GrokException>(() =>
            Value.Of(Make(opType, types, [], (attribute, content)), Value.Input("x", types[0])));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Constants_of_a_wrong_kind_are_refused()
    {
        TensorType[] types = [TensorType.Float32([2, 3])];
        Assert.Throws<GrokException>(() => Make("Reshape", types));
        Assert.Throws<GrokException>(() => Make("Reshape", types, [Tensor.Of<float>([1], [6])]));
        Assert.Throws<GrokException>(() => Make("Reshape", types, [Longs(-1, 4)]));
        Assert.Throws<GrokException>(() => Make("Reshape", types, [Longs(1L << 40)]));
        Assert.Throws<GrokException>(() => Make("Slice", types, [Longs(1), Longs(1)]));
        Assert.Throws<GrokException>(() => Make("Slice", types, [Longs(0), Longs(2), Longs(0), Longs(2)]));
        Assert.Throws<GrokException>(() => Make("OneHot", [TensorType.Int64([2])], [Longs(3), Tensor.Of<float>([2], [-1, 1])]));
    }

    [Fact]
    public void An_unknown_operator_is_answered_with_the_known_ones()
    {
        var error = Assert.Throws<GrokException>(() => OpSet.Find("SoftMax"));
        Assert.Contains("Did you mean 'Softmax'?", error.Problem, StringComparison.Ordinal);
        Assert.Contains("LayerNormalization", error.Remedy, StringComparison.Ordinal);
    }

    private static IEnumerable<Type> OpTypes()
    {
        var types = typeof(Op).Assembly.GetTypes();
        foreach (var op in types.Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract))
        {
            if (!op.IsGenericTypeDefinition)
            {
                yield return op;
                continue;
            }
            var constraint = op.GetGenericArguments()[0].GetGenericParameterConstraints().Single(type => type.IsGenericType).GetGenericTypeDefinition();
            foreach (var function in types.Where(type => type.IsValueType && type.GetInterfaces().Any(
                face => face.IsGenericType && face.GetGenericTypeDefinition() == constraint)))
            {
                yield return op.MakeGenericType(function);
            }
        }
    }

    private static string Short(Type type) => type.IsGenericType ? type.GetGenericArguments()[0].Name : type.Name;

    private static Op Remake(Value value)
    {
        var entry = OpSet.Find(value.Op!.OpType);
        Assert.True(entry.Inputs == value.Inputs.Length || entry.Inputs == -1, $"{entry.OpType} has {value.Inputs.Length} inputs");
        return entry.Make(new OpForm(
            entry.OpType, value.Op.Attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Content),
            [.. value.Op.ConstantInputs.Select(input => input.Content)], [.. value.Inputs.Select(input => input.Type)]));
    }

    private static string Text(Value value) => GraphText.Of(value);

    private static Op Make(
        string opType, IEnumerable<TensorType> types, IEnumerable<object?>? constants = null, params (string Name, object Content)[] attributes) =>
        OpSet.Find(opType).Make(new OpForm(
            opType, attributes.ToDictionary(pair => pair.Name, pair => pair.Content), constants is null ? [] : [.. constants], [.. types]));

    private static ImmutableArray<long> Longs(params long[] numbers) => [.. numbers];
}
