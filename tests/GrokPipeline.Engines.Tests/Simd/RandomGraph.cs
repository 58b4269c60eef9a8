using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>A graph made by chance from a seed: operators of all kinds over shapes of all kinds, with or without gradients.</summary>
internal sealed class RandomGraph
{
    private static readonly int[] Small = [1, 2, 3, 4, 5, 8, 16, 17, 33];

    private readonly RandomStream _stream;
    private readonly List<Value> _inputs = [];
    private readonly List<Value> _values = [];

    public RandomGraph(ulong seed, int largest)
    {
        _stream = new Seed(seed).Derive("graph").Stream();
        Largest = largest;
        for (var i = 0; i < 3; i++) { Input(RandomShape()); }
        for (var i = 0; i < 14; i++) { Keep(Next(Pick())); }
        var outputs = _values.TakeLast(4).Append(_values[_inputs.Count]).Distinct().ToList();
        if (seed % 2 == 0)
        {
            var loss = outputs.Select(value => value.Sum() * (1.0 / value.Shape.Count)).Aggregate((sum, value) => sum + value);
            outputs.Add(loss);
            outputs.AddRange(Gradients.Of(loss, [.. _inputs.Where(input => input.Type.Element == ElementType.Float32)]));
        }
        Graph = Graph.Of($"random {seed}", _inputs, outputs.Select((value, i) => new GraphOutput($"y{i}", value)));
        Tensors = _inputs.ToDictionary(input => input.Name!, Draw, StringComparer.Ordinal);        // inputs have names
    }

    public Graph Graph { get; }

    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    private int Largest { get; }

    private Value Next(Value x) => _stream.NextBelow(16) switch
    {
        0 => x.Tanh(),
        1 => x.Sigmoid() - 0.5,
        2 => x.Relu(),
        3 => (Off(x).Abs() + 0.1).Sqrt() * Off(x).Sign(),
        4 or 5 => Combined(x, Partner(x)),
        6 => x.Greater(Off(Partner(x))).Where(x, Partner(x) * 0.5),
        7 => x.Shape.Rank == 0 ? x.Exp().Log() : x.Softmax(),
        8 => x.Shape.Rank == 0 ? x + 1 : x.LogSoftmax() * 0.1,
        9 => x.Shape.Rank == 0 ? x : x.LayerNormalization(Input([x.Shape[-1]]), Input([x.Shape[-1]]), 0.1),
        10 => Summed(x),
        11 => x.Shape.Rank < 2 ? -x : x.Transpose([.. Shuffled(x.Shape.Rank)]),
        12 => Reshaped(x),
        13 => x.Shape.Rank == 0 ? x.Expand([3]) : Part(x),
        14 => x.Shape.Rank < 2 ? x * x : Product(x),
        _ => x.Shape.Rank == 0 ? x : Rows(x),
    };

    private Value Combined(Value x, Value y) => _stream.NextBelow(6) switch
    {
        0 => x + y,
        1 => x - y,
        2 => (x * y).Tanh(),
        3 => x / (Off(y).Abs() + 1),
        4 => x.Max(Off(y)),
        _ => x.Min(Off(y)) * 1,
    };

    // Not on a tie: which side rounding falls on is no matter of right or wrong.
    private static Value Off(Value x) => (x * 0.91) + 0.0317;

    // A value that broadcasts with x: another one of its shape, a part of its axes, or a sum of itself.
    private Value Partner(Value x)
    {
        var same = _values.Where(value => value != x && value.Shape == x.Shape).ToArray();
        if (same.Length > 0 && _stream.NextBelow(2) == 0) { return same[_stream.NextBelow(same.Length)]; }
        if (x.Shape.Rank == 0) { return Input([]); }
        var axis = _stream.NextBelow(x.Shape.Rank);
        return _stream.NextBelow(3) switch
        {
            0 => x.Mean([axis], keep: true),
            1 => Input(x.Shape.With(axis, 1)),
            _ => Input(TensorShape.Create(x.Shape.Extents.AsSpan()[axis..])),
        };
    }

    private Value Summed(Value x)
    {
        var axes = Enumerable.Range(0, x.Shape.Rank).Where(_ => _stream.NextBelow(2) == 0).ToArray();
        var count = axes.Aggregate(1.0, (product, axis) => product * x.Shape[axis]);
        return x.Sum([.. axes], keep: _stream.NextBelow(2) == 0) * (1 / Math.Sqrt(count));
    }

    private Value Reshaped(Value x)
    {
        var count = x.Shape.Count;
        var factor = Enumerable.Range(1, Math.Min(count, 64)).Where(n => count % n == 0).ToArray()[^1];
        return _stream.NextBelow(3) switch
        {
            0 => x.Reshape([count]),
            1 => x.Reshape([factor, count / factor]),
            _ => x.Reshape([1, count / factor, factor, 1]),
        };
    }

    private Value Part(Value x)
    {
        var axis = _stream.NextBelow(x.Shape.Rank);
        var extent = x.Shape[axis];
        if (_stream.NextBelow(3) == 0 && x.Shape.Count < Largest) { return Value.Concat(axis, x, x * 0.5); }
        var start = _stream.NextBelow(extent);
        return x.Slice(axis, start, 1 + _stream.NextBelow(extent - start));
    }

    private Value Product(Value x)
    {
        var width = Small[_stream.NextBelow(Small.Length)];
        var product = _stream.NextBelow(4) switch
        {
            0 when x.Shape[-2] < 40 => x.MatMul(x.Transpose()),
            1 => x.Transpose().MatMul(Input([.. x.Shape.Extents.AsSpan()[..^2], x.Shape[-2], width])),
            2 => Input([width, x.Shape[-2]]).MatMul(x),
            _ => x.MatMul(Input([x.Shape[-1], width])),
        };
        return product.Tanh();
    }

    private Value Rows(Value x)
    {
        var indices = Value.Input($"i{_inputs.Count}", TensorType.Int64([_stream.NextBelow(2) == 0 ? 6 : 19]));
        _inputs.Add(indices);
        Limits[indices] = x.Shape[0];
        var rows = x.Gather(indices);
        return _stream.NextBelow(3) switch
        {
            0 => rows,
            1 => x.ScatterAdd(indices, rows * 0.1),
            _ => indices.OneHot(x.Shape[0]).Reshape([indices.Shape[0], x.Shape[0]]),
        };
    }

    private Dictionary<Value, int> Limits { get; } = [];

    private Value Keep(Value value)
    {
        if (value.Shape.Count <= 4 * Largest) { _values.Add(value); }
        return value;
    }

    private Value Pick() => _values[_values.Count - 1 - _stream.NextBelow(Math.Min(_values.Count, 6))];

    private Value Input(TensorShape shape)
    {
        var input = Value.Input($"x{_inputs.Count}", TensorType.Float32(shape));
        _inputs.Add(input);
        return Keep(input);
    }

    private TensorShape RandomShape()
    {
        var extents = new List<int>();
        for (var rank = _stream.NextBelow(5); extents.Count < rank;)
        {
            var extent = Small[_stream.NextBelow(Small.Length)];
            extents.Add(extents.Aggregate(extent, (product, n) => product * n) <= Largest ? extent : 1);
        }
        return TensorShape.Create([.. extents]);
    }

    private int[] Shuffled(int rank)
    {
        int[] axes = [.. Enumerable.Range(0, rank)];
        _stream.Shuffle(axes.AsSpan());
        return axes;
    }

    private Tensor Draw(Value input)
    {
        var tensor = new Tensor(input.Type);
        if (input.Type.Element == ElementType.Int64)
        {
            foreach (ref var index in tensor.AsSpan<long>()) { index = _stream.NextBelow(Limits[input]); }
            return tensor;
        }
        foreach (ref var x in tensor.AsSpan<float>()) { x = (float)_stream.NextNormal(); }
        return tensor;
    }
}
