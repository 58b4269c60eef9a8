using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Graphs;

/// <summary>Gradients on shapes, axes and values drawn from a pinned seed; a failure names the draw.</summary>
public sealed class RandomShapeGradientTests
{
    private const int Draws = 8;

    private static readonly Dictionary<string, Func<Draw, Value>> Cases = new()
    {
        ["unary chain"] = d => d.Input(d.Shape()).Tanh().Exp().Sigmoid().Erf() + d.Input([]).Exp().Log(),
        ["positive chain"] = d => (d.Input(d.Shape()).Square() + 0.5).Sqrt().Reciprocal().Log(),
        ["piecewise"] = d => Piecewise(d.Input(d.Shape())),
        ["add"] = d => Broadcast(d, (a, b) => a + b),
        ["sub"] = d => Broadcast(d, (a, b) => a - b),
        ["mul"] = d => Broadcast(d, (a, b) => a * b),
        ["div"] = d => Broadcast(d, (a, b) => a / (b.Square() + 0.5)),
        ["max"] = d => Broadcast(d, (a, b) => a.Max(b + 9)),
        ["min"] = d => Broadcast(d, (a, b) => a.Min(b + 9)),
        ["where"] = d => Broadcast(d, (a, b) => (a * 0).Less(0.5).Where(a * b, b)),
        ["reduce sum"] = d => Reduce(d, d.Input(d.Shape(3))),
        ["matmul"] = Product,
        ["transpose"] = d => Transposed(d, d.Input(d.Shape(4))),
        ["reshape"] = d => Reshaped(d.Input(d.Shape(3))),
        ["expand"] = d => Stretched(d),
        ["concat"] = Joined,
        ["slice"] = d => Sliced(d, d.Input(d.Shape(3))),
        ["gather"] = d => Gathered(d),
        ["scatter add"] = d => Scattered(d),
        ["softmax"] = d => d.Input(d.Shape(3)).Softmax(),
        ["log-softmax"] = d => d.Input(d.Shape(3)).LogSoftmax(),
        ["layer normalization"] = Normalized,
    };

    public static MatrixTheoryData<string, int> Rows => new(Cases.Keys, Enumerable.Range(0, Draws));

    public static MatrixTheoryData<string, int> SecondRows => new(Cases.Keys, Enumerable.Range(0, 2));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Gradient_agrees_with_differences_on_a_random_shape(string name, int number)
    {
        var draw = new Draw($"{name}/{number}");
        var y = Cases[name](draw);
        GradientCheck.Verify(Graph.Of(name, draw.Values, [new("y", y)]), draw.Tensors, elements: 6);
    }

    [Theory]
    [MemberData(nameof(SecondRows))]
    public void Second_derivative_agrees_with_differences_on_a_random_shape(string name, int number)
    {
        var draw = new Draw($"{name}/{number}");
        var y = Cases[name](draw).Tanh();                    // so that linear functions have second derivatives as well
        var gradients = Gradients.Of(y.Square().Sum(), draw.Values);
        var graph = Graph.Of(name, draw.Values, gradients.Select((gradient, index) => new GraphOutput($"d{index}", gradient)));
        GradientCheck.Verify(graph, draw.Tensors, elements: 4);
    }

    private static Value Piecewise(Value x)
    {
        var away = x + (x.Sign() * 0.2);                     // no element is near 0
        return (away.Relu() * away.Abs()) + away.Max(0) + away.Min(0) + (away.Greater(0).Cast(ElementType.Float32) * away.Square());
    }

    private static Value Broadcast(Draw d, Func<Value, Value, Value> function)
    {
        var shape = d.Shape(3);
        return function(d.Input(d.Shrunk(shape)), d.Input(d.Shrunk(shape)));
    }

    private static Value Reduce(Draw d, Value x)
    {
        IntegerList axes = [.. Enumerable.Range(0, x.Shape.Rank).Where(_ => d.Below(2) == 1)];
        return x.Sum(axes, keep: d.Below(2) == 1).Square().Sum() + x.Mean();
    }

    private static Value Product(Draw d)
    {
        var (m, k, n) = (1 + d.Below(4), 1 + d.Below(4), 1 + d.Below(4));
        var leading = d.Shape(2);
        return d.Input([.. d.Shrunk(leading), m, k]).MatMul(d.Input([.. d.Shrunk(leading), k, n]));
    }

    private static Value Transposed(Draw d, Value x) => x.Square().Transpose(d.Order(x.Shape.Rank)).Tanh().Transpose(d.Order(x.Shape.Rank));

    private static Value Reshaped(Value x) => x.Reshape([x.Shape.Count]).Square().Reshape([1, .. x.Shape, 1]);

    private static Value Stretched(Draw d)
    {
        var shape = d.Shape(4);
        return d.Input(d.Shrunk(shape)).Expand(shape).Square();
    }

    private static Value Joined(Draw d)
    {
        var shape = d.Shape(3);
        var axis = d.Below(shape.Rank);
        return Value.Concat(axis, [.. Enumerable.Range(0, 1 + d.Below(3)).Select(_ => d.Input(shape.With(axis, 1 + d.Below(4))).Square())]);
    }

    private static Value Sliced(Draw d, Value x)
    {
        var axis = d.Below(x.Shape.Rank);
        var start = d.Below(x.Shape[axis]);
        return x.Slice(axis, start, 1 + d.Below(x.Shape[axis] - start)).Square();
    }

    private static Value Gathered(Draw d)
    {
        var data = d.Input(d.Shape(3));
        return data.Gather(d.Indices(d.Shape(2), data.Shape[0])).Square();
    }

    private static Value Scattered(Draw d)
    {
        var data = d.Input(d.Shape(3));
        var indices = d.Shape(2);
        return data.ScatterAdd(d.Indices(indices, data.Shape[0]), d.Input([.. indices, .. data.Shape.Without(0)])).Square();
    }

    private static Value Normalized(Draw d)
    {
        TensorShape shape = [.. d.Shape(2), 3 + d.Below(4)];
        return d.Input(shape).LayerNormalization(d.Input([shape[-1]]), d.Input([shape[-1]]), 0.1);
    }

    /// <summary>Shapes, axes and inputs, all from the name of the case.</summary>
    private sealed class Draw(string name)
    {
        private readonly RandomStream _stream = new Seed(20).Derive(name).Stream();
        private readonly List<Value> _values = [];

        public IReadOnlyList<Value> Values => _values;

        public Dictionary<string, Tensor> Tensors { get; } = new(StringComparer.Ordinal);

        public int Below(int bound) => _stream.NextBelow(bound);

        /// <summary>1 to <paramref name="most"/> axes of 1 to 4.</summary>
        public TensorShape Shape(int most = 3) => [.. Enumerable.Range(0, 1 + Below(most)).Select(_ => 1 + Below(4))];

        /// <summary>A shape that stretches to the given one: leading axes left out, others 1.</summary>
        public TensorShape Shrunk(TensorShape shape) =>
            [.. shape.Extents[Below(shape.Rank + 1)..].Select(extent => Below(3) == 0 ? 1 : extent)];

        public IntegerList Order(int rank)
        {
            int[] axes = [.. Enumerable.Range(0, rank)];
            _stream.Shuffle<int>(axes);
            return [.. axes];
        }

        public Value Input(TensorShape shape)
        {
            var tensor = new Tensor(TensorType.Float32(shape));
            foreach (ref var number in tensor.AsSpan<float>()) { number = (float)((3 * _stream.NextUniform()) - 1.5); }
            _values.Add(Value.Input($"x{_values.Count}", tensor.Type));
            Tensors[_values[^1].Name!] = tensor;
            return _values[^1];
        }

        public Value Indices(TensorShape shape, int below)
        {
            var tensor = new Tensor(TensorType.Int64(shape));
            foreach (ref var number in tensor.AsSpan<long>()) { number = Below(below); }
            return Value.Constant(tensor);
        }
    }
}
