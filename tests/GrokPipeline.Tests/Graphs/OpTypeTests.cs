using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Tests.Graphs;

/// <summary>What operators refuse, and the words in which they do.</summary>
public sealed class OpTypeTests
{
    private static readonly Value X = Value.Input("x", TensorType.Float32([2, 3]));
    private static readonly Value I = Value.Input("i", TensorType.Int64([4]));
    private static readonly Value C = Value.Input("c", new(ElementType.Bool, [3]));

    public static TheoryData<string> Refusals => [.. Refused.Keys];

    private static Dictionary<string, Func<Value>> Refused { get; } = new()
    {
        ["Shapes [2, 3] and [2] do not broadcast: extents 3 and 2 meet."] = () => X + Value.Input("y", TensorType.Float32([2])),
        ["Add needs Float32 as input 1; Int64[4] was given."] = () => X + I,
        ["Exp needs Float32 as input 0; Int64[4] was given."] = () => I.Exp(),
        ["Greater needs Float32 as input 0; Int64[4] was given."] = () => I.Greater(I),
        ["Equal needs Int64 as input 1; Float32[2, 3] was given."] = () => I.Equal(X),
        ["Where needs Bool as input 0; Float32[2, 3] was given."] = () => X.Where(X, X),
        ["Where needs Float32 as input 1; Int64[4] was given."] = () => C.Where(I, I),
        ["Add takes 2 input(s); 1 were given."] = () => Value.Of(new Elementwise2<Add>(), X),
        ["MatMul needs two axes or more; A is Float32[2, 3], B is Float32[3]."] = () => X.MatMul(Value.Input("v", TensorType.Float32([3]))),
        ["MatMul needs the last axis of A [2, 3] to equal the last but one of B [2, 3]."] = () => X.MatMul(X),
        ["Transpose of Float32[2, 3] by [0, 0] does not name each axis once."] = () => X.Transpose([0, 0]),
        ["Reshape cannot make [4] from Float32[2, 3]: 4 elements against 6."] = () => X.Reshape([4]),
        ["Expand cannot stretch Float32[2, 3] to [3]."] = () => X.Expand([3]),
        ["Shape [2, 3] has no axis 2."] = () => X.Sum([2]),
        ["Concat of nothing has no shape."] = () => Value.Concat(0),
        ["Concat along axis 0 cannot join Float32[2, 3] and Int64[4]."] = () => Value.Concat(0, X, I),
        ["Slice of Float32[2, 3] along axis 1 asks for 2 from 2."] = () => X.Slice(1, 2, 2),
        ["Gather needs Int64 as input 1; Float32[2, 3] was given."] = () => X.Gather(X),
        ["Gather from a scalar has no rows to choose from."] = () => Value.Scalar(1).Gather(I),
        ["ScatterND cannot add Float32[2, 3] to Float32[2, 3] at Int64[4, 1]."] = () => X.ScatterAdd(I, X),
        ["OneHot needs Int64 as input 0; Float32[2, 3] was given."] = () => X.OneHot(3),
        ["Softmax works along the last axis; a scalar has none."] = () => Value.Scalar(1).Softmax(),
        ["LayerNormalization of Float32[2, 3] needs scale and bias Float32[3]; Float32[2, 3] and Float32[2, 3] were given."] =
            () => X.LayerNormalization(X, X),
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_does_not_fit_is_refused_in_words(string problem)
    {
        var error = Assert.Throws<GrokException>(Refused[problem]);
        Assert.Equal(problem, error.Problem);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void Two_transpositions_are_one_and_opposite_ones_are_none()
    {
        Assert.Same(X, X.Transpose().Transpose());
        var y = Value.Input("y", TensorType.Float32([2, 3, 4]));
        Assert.Equal(new Transpose([2, 1, 0]), y.Transpose([1, 2, 0]).Transpose([1, 0, 2]).Op);
        Assert.Same(y, y.Transpose([1, 2, 0]).Transpose([1, 0, 2]).Inputs[0]);
    }

    [Fact]
    public void What_changes_nothing_is_the_value_itself()
    {
        Assert.Same(X, X.Reshape([2, 3]));
        Assert.Same(X, X.Expand([2, 3]));
        Assert.Same(X, X.Cast(ElementType.Float32));
        Assert.Same(X, X.Slice(1, 0, 3));
        Assert.Same(X, X.Transpose([0, 1]));
        Assert.Same(X, X.SumTo([2, 3]));
        Assert.Same(X, Value.Concat(0, X));
    }

    [Fact]
    public void Records_are_equal_to_their_twins()
    {
        Assert.Equal(new ReduceSum([0, 1], true), new ReduceSum([0, 1], true));
        Assert.NotEqual<Op>(new Elementwise<Exp>(), new Elementwise<Log>());
        Assert.Equal(new Constant(Tensor.Scalar(1f)), new Constant(Tensor.Scalar(1f)));
        Assert.NotEqual(new Constant(Tensor.Scalar(0f)), new Constant(Tensor.Scalar(-0f)));
        Assert.NotEqual(new Fill(0.0, TensorType.Float32([])), new Fill(-0.0, TensorType.Float32([])));
        Assert.NotEqual(new Constant(Tensor.Of<float>([1], [1])), new Constant(Tensor.Scalar(1f)));
    }
}
