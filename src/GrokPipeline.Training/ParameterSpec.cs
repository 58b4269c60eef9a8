using System.Collections.Immutable;

namespace GrokPipeline.Training;

/// <summary>A parameter of a model: its name everywhere (graph, checkpoint, ONNX file, probe), its shape and its first values.</summary>
/// <param name="Name">For example <c>blocks.0.mlp.in.weight</c>.</param>
/// <param name="Shape">Matrices are [inputs, outputs].</param>
/// <param name="Initializer">Where the first values come from.</param>
public sealed record ParameterSpec(string Name, TensorShape Shape, Initializer Initializer)
{
    /// <summary>True for a table whose rows are looked up, [rows, width]; false for matrices of products, and for vectors.</summary>
    public bool IsTable { get; init; }

    /// <summary>True when no step changes it: part of the model and of its checkpoints, not of what is trained.</summary>
    public bool IsFixed { get; init; }

    /// <summary>The parameter whose first values it has too; null when it has its own.</summary>
    public string? DrawnAs { get; init; }

    /// <summary>The first values themselves, in row-major order; empty, the default, when they are drawn.</summary>
    public ImmutableArray<double> Given { get; init; } = [];

    /// <summary>Float32 of that shape.</summary>
    public TensorType Type => TensorType.Float32(Shape);

    /// <summary>The first values: those given, or a pure function of the run's seed and the parameter's name.</summary>
    public Tensor Draw(Seed seed)
    {
        if (Given.IsEmpty) { return Initializer.Draw(Shape, seed.Derive($"init/{DrawnAs ?? Name}")); }
        var tensor = new Tensor(Type);
        for (var i = 0; i < Given.Length; i++) { tensor.AsSpan<float>()[i] = (float)Given[i]; }
        return tensor;
    }
}

/// <summary>What a parameter's first values are drawn from.</summary>
public enum Distribution
{
    /// <summary>One number everywhere: <see cref="Initializer.Scale"/>.</summary>
    Constant,

    /// <summary>Uniform in [−scale, scale).</summary>
    Uniform,

    /// <summary>Normal with mean 0 and deviation scale.</summary>
    Normal,
}

/// <summary>A distribution with its scale.</summary>
/// <param name="Distribution">Its kind.</param>
/// <param name="Scale">The number, half width or deviation.</param>
public readonly record struct Initializer(Distribution Distribution, double Scale)
{
    /// <summary>Draws a tensor, element by element in row-major order; drawn in double precision and rounded once.</summary>
    public Tensor Draw(TensorShape shape, Seed seed)
    {
        var tensor = new Tensor(TensorType.Float32(shape));
        var values = tensor.AsSpan<float>();
        var stream = seed.Stream();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(Distribution switch
            {
                Distribution.Uniform => Scale * ((2 * stream.NextUniform()) - 1),
                Distribution.Normal => Scale * stream.NextNormal(),
                _ => Scale,
            });
        }
        return tensor;
    }
}
