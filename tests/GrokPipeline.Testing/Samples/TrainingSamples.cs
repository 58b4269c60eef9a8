using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Testing.Samples;

/// <summary>Training steps from graph code alone, so that engines are tested without the training library.</summary>
internal sealed class Training
{
    private readonly List<Value> _parameters = [];
    private readonly List<GraphOutput> _outputs = [];
    private readonly List<CarriedPair> _carried = [];

    public SampleInputs Inputs { get; } = new();

    /// <summary>A trained tensor, by a name.</summary>
    public Value Parameter(string name, TensorShape shape, double low = -0.5, double high = 0.5)
    {
        _parameters.Add(Inputs.Float(name, shape, low, high));
        return _parameters[^1];
    }

    /// <summary>The step by AdamW with bias correction; moments, their decays' powers and parameters are carried.</summary>
    public OpSample AdamW(string name, Value loss, double tolerance, int runs)
    {
        var (rate, decay) = (Inputs.Float("learning_rate", [], 0.01, 0.02), Inputs.Float("weight_decay", [], 0.1, 0.2));
        var power1 = Carry(Inputs.Add("power1", Tensor.Scalar(1f)), power => power * 0.9);
        var power2 = Carry(Inputs.Add("power2", Tensor.Scalar(1f)), power => power * 0.98);
        foreach (var (parameter, gradient) in _parameters.Zip(Gradients.Of(loss, _parameters)))
        {
            var m = Carry(Inputs.Float($"{parameter.Name}.m", parameter.Shape, 0, 1e-9), m => (m * 0.9) + (gradient * 0.1));
            var v = Carry(Inputs.Float($"{parameter.Name}.v", parameter.Shape, 0, 1e-9), v => (v * 0.98) + (gradient * gradient * 0.02));
            var update = m / (1 - power1) / ((v / (1 - power2)).Sqrt() + 1e-4);
            Carry(parameter, theta => theta - (rate * (update + (decay * theta))));
        }
        return Finish(name, loss, tolerance, runs);
    }

    /// <summary>The step by gradient descent; parameters are carried.</summary>
    public OpSample Descent(string name, Value loss, double tolerance, int runs)
    {
        var rate = Inputs.Float("learning_rate", [], 0.1, 0.2);
        foreach (var (parameter, gradient) in _parameters.Zip(Gradients.Of(loss, _parameters)))
        {
            Carry(parameter, theta => theta - (rate * gradient));
        }
        return Finish(name, loss, tolerance, runs);
    }

    /// <summary>Mean cross-entropy against Int64 labels.</summary>
    public static Value CrossEntropy(Value logits, Value labels) =>
        (labels.OneHot(logits.Shape[-1]) * logits.LogSoftmax()).Sum([-1]).Mean() * -1;

    private Value Carry(Value state, Func<Value, Value> next)
    {
        var after = next(state);
        _outputs.Add(new($"{state.Name}'", after));
        _carried.Add(new($"{state.Name}'", state.Name!));
        return after;
    }

    private OpSample Finish(string name, Value loss, double tolerance, int runs)
    {
        _outputs.Add(new("loss", loss));
        return new(Graph.Of(name, Inputs.Values, _outputs, _carried), Inputs.Tensors, tolerance, runs, Smooth: false);
    }
}

/// <summary>A perceptron with one hidden layer on features, trained by AdamW.</summary>
internal static class MlpSample
{
    public static OpSample Make()
    {
        var training = new Training();
        var x = training.Inputs.Float("features", [19, 6], -2, 2);
        var labels = training.Inputs.Integers("target", [19], 3);
        var hidden = (x.MatMul(training.Parameter("in.weight", [6, 20])) + training.Parameter("in.bias", [20])).Relu().Named("hidden");
        var logits = hidden.MatMul(training.Parameter("out.weight", [20, 3])) + training.Parameter("out.bias", [3]);
        return training.AdamW("mlp", Training.CrossEntropy(logits, labels), 1e-4, runs: 4);
    }
}

/// <summary>One decoder block on tokens: embedding, attention behind a mask, normalization, a hidden layer; the last token is scored.</summary>
internal static class TransformerSample
{
    private const int Rows = 6, Length = 4, Width = 12, Heads = 3, Vocabulary = 9;

    public static OpSample Make()
    {
        var training = new Training();
        var tokens = training.Inputs.Integers("tokens", [Rows, Length], Vocabulary);
        var labels = training.Inputs.Integers("target", [Rows], Vocabulary);
        var x = training.Parameter("embed", [Vocabulary, Width]).Gather(tokens) + training.Parameter("position", [Length, Width]);
        x += Attention(training, Normal(training, "ln1", x));
        var hidden = Normal(training, "ln2", x).MatMul(training.Parameter("mlp.in", [Width, 20])).Gelu();
        x += hidden.MatMul(training.Parameter("mlp.out", [20, Width]));
        var last = x.Slice(1, Length - 1, 1).Reshape([Rows, Width]);
        var logits = last.MatMul(training.Parameter("unembed", [Width, Vocabulary]));
        return training.Descent("transformer", Training.CrossEntropy(logits, labels), 2e-5, runs: 3);
    }

    private static Value Normal(Training training, string name, Value x) => x.LayerNormalization(
        training.Parameter($"{name}.scale", [Width], 0.9, 1.1), training.Parameter($"{name}.bias", [Width]));

    private static Value Attention(Training training, Value x)
    {
        Value Project(string name) => x.MatMul(training.Parameter(name, [Width, Width]))
            .Reshape([Rows, Length, Heads, Width / Heads]).Transpose([0, 2, 1, 3]);
        var (query, key, value) = (Project("query"), Project("key"), Project("value"));
        var scores = (query.MatMul(key.Transpose()) * (1 / Math.Sqrt(Width / Heads))) + Value.Constant(RowSamples.Mask(Length, -1e9f));
        var mixed = scores.Softmax().Named("pattern").MatMul(value).Transpose([0, 2, 1, 3]).Reshape([Rows, Length, Width]);
        return mixed.MatMul(training.Parameter("project", [Width, Width]));
    }
}
