using System.Collections.Immutable;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="TeacherStudent"/>.</summary>
public sealed record TeacherStudentOptions : IOptions
{
    /// <summary>Features of a row, 1 to 100000. Default 5, as in Liu, Michaud and Tegmark 2023 (Omnigrok).</summary>
    public int Inputs { get; init; } = 5;

    /// <summary>Real numbers of a target, 1 to 10000. Default 5, as there.</summary>
    public int Outputs { get; init; } = 5;

    /// <summary>
    /// Widths of the teacher's hidden layers, each with tanh behind it. Default two of 100, as there; none is a linear teacher (Levi et
    /// al. 2024).
    /// </summary>
    public IntegerList Hidden { get; init; } = [100, 100];

    /// <summary>How the teacher's weights are drawn. Default torch (OUR CHOICE: the paper does not say it of the teacher).</summary>
    public TeacherInit Init { get; init; } = TeacherInit.Torch;

    /// <summary>Multiplies all weights and biases of the teacher, above 0. Default 1.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Standard deviation of normal noise on every number of a target, 0 to 1e6. Default 0.</summary>
    public double Noise { get; init; }

    /// <summary>
    /// A row is right when its squared error, mean over the outputs, is below this; above 0. Default 0.01, as in Omnigrok (its notebook
    /// has 0.001, and so have Levi et al.).
    /// </summary>
    public double Tolerance { get; init; } = 0.01;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Inputs is < 1 or > 100_000) { yield return new("inputs", $"inputs is {Inputs}; give 1 to 100000, usually 5."); }
        if (Outputs is < 1 or > 10_000) { yield return new("outputs", $"outputs is {Outputs}; give 1 to 10000, usually 5."); }
        if (Hidden.Count > 16) { yield return new("hidden", $"hidden has {Hidden.Count} layers; give at most 16."); }
        foreach (var width in Hidden)
        {
            if (width is < 1 or > 10_000) { yield return new("hidden", $"hidden holds the width {width}; give widths from 1 to 10000."); }
        }
        if (!Enum.IsDefined(Init)) { yield return new("init", "give torch or normal."); }
        if (!(Scale > 0 && Scale <= 1e6))
        {
            yield return new("scale", $"scale is {Scale}; give a number above 0 and up to 1e6, usually 1.");
        }
        if (!(Noise >= 0 && Noise <= 1e6)) { yield return new("noise", $"noise is {Noise}; give a number from 0 to 1e6, usually 0."); }
        foreach (var problem in DrawnFunction.ToleranceProblems(Tolerance)) { yield return problem; }
    }
}

/// <summary>How a teacher's weights are drawn.</summary>
public enum TeacherInit
{
    /// <summary>PyTorch's: weights and biases uniform in ±1/√inputs of the layer.</summary>
    Torch,

    /// <summary>Weights normal with deviation 1/√inputs of the layer; no biases.</summary>
    Normal,
}

/// <summary>
/// Rows of standard normal features and what a teacher says of them: a network of tanh layers, or a linear map. The teacher is drawn once
/// per seed; a student that is trained on few rows has to find it.
/// </summary>
public sealed class TeacherStudent : DrawnFunction
{
    private readonly TeacherStudentOptions _options;

    /// <summary>Describes the rows; the teacher is drawn with them.</summary>
    /// <param name="options">Without problems.</param>
    public TeacherStudent(TeacherStudentOptions options)
    {
        _options = options;
        var widths = string.Join("-", options.Hidden.Prepend(options.Inputs).Append(options.Outputs));
        Facts = FactsOf(
            options.Inputs, options.Outputs, options.Tolerance,
            options.Hidden.Count == 0 ? $"a linear teacher {widths}" : $"a tanh teacher {widths}");
    }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        _options.Init == TeacherInit.Torch
            ? "OUR CHOICE: the teacher's weights and biases are drawn as PyTorch draws them, uniform in ±1/√inputs of the layer."
            : "The teacher's weights are normal with deviation 1/√inputs of the layer, without biases.",
        "Every part is drawn anew from the same distribution; features are standard normal.",
    ];

    private protected override void DrawFeatures(RandomStream stream, Span<float> features)
    {
        for (var i = 0; i < features.Length; i++) { features[i] = (float)stream.NextNormal(); }
    }

    private protected override TargetFunction FunctionOf(Seed datasetSeed, Seed rowsSeed)
    {
        var layers = Teacher(datasetSeed);
        var (noise, deviation) = (rowsSeed.Derive("noise").Stream(), _options.Noise);
        return (features, targets) =>
        {
            var values = new double[features.Length];
            for (var i = 0; i < values.Length; i++) { values[i] = features[i]; }
            for (var layer = 0; layer < layers.Length; layer++) { values = layers[layer].Of(values, withTanh: layer < layers.Length - 1); }
            for (var k = 0; k < targets.Length; k++)
            {
                targets[k] = (float)(deviation > 0 ? values[k] + (deviation * noise.NextNormal()) : values[k]);
            }
        };
    }

    private Layer[] Teacher(Seed datasetSeed)
    {
        int[] widths = [_options.Inputs, .. _options.Hidden, _options.Outputs];
        var layers = new Layer[widths.Length - 1];
        for (var layer = 0; layer < layers.Length; layer++)
        {
            var (inputs, outputs) = (widths[layer], widths[layer + 1]);
            var (stream, spread) = (datasetSeed.Derive($"teacher/layer-{layer}").Stream(), _options.Scale / Math.Sqrt(inputs));
            var (weights, biases) = (new double[inputs * outputs], new double[outputs]);
            for (var i = 0; i < weights.Length; i++) { weights[i] = Number(stream, spread); }
            if (_options.Init == TeacherInit.Torch)
            {
                for (var i = 0; i < outputs; i++) { biases[i] = Number(stream, spread); }
            }
            layers[layer] = new(weights, biases);
        }
        return layers;
    }

    private double Number(RandomStream stream, double spread) =>
        spread * (_options.Init == TeacherInit.Torch ? (2 * stream.NextUniform()) - 1 : stream.NextNormal());

    // Weights by output: output k reads weights[k·inputs ..].
    private sealed record Layer(double[] Weights, double[] Biases)
    {
        public double[] Of(double[] inputs, bool withTanh)
        {
            var outputs = new double[Biases.Length];
            for (var k = 0; k < outputs.Length; k++)
            {
                var sum = Biases[k];
                for (var i = 0; i < inputs.Length; i++) { sum += Weights[(k * inputs.Length) + i] * inputs[i]; }
                outputs[k] = withTanh ? Tanh(sum) : sum;
            }
            return outputs;
        }

        // Near 0 its error is of the size of 1's last digit, far below the float32 that targets are rounded to.
        private static double Tanh(double x) => 1 - (2 / (PortableMath.Exp(2 * x) + 1));
    }
}
