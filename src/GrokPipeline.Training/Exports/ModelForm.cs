using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Graphs.Passes;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Training.Exports;

/// <summary>How a model is fed and what it answers when it is used by another program.</summary>
public enum ModelForm
{
    /// <summary>As it was trained: <c>tokens</c> or <c>operands</c> of Int64, or <c>features</c> of Float32; gives <c>logits</c>.</summary>
    Plain,

    /// <summary>
    /// One vector of Float32 under the same name, for programs that know no integers (ML.NET): whole numbers as floats, whose fraction is
    /// dropped. Features are such a vector already.
    /// </summary>
    Vector,

    /// <summary>
    /// Each operand is an input of its own, Int64[batch], by the name of its column: <c>a</c> and <c>b</c>; features stay one vector.
    /// Gives <c>label</c>, the value of the answer, and <c>probabilities</c> besides the logits; with real targets nothing but the logits,
    /// which are the answer.
    /// </summary>
    Application,
}

/// <summary>Forms of a model as graphs: the model's own graph with something before and behind it.</summary>
public static class ModelForms
{
    /// <summary>The output of the answer: Int64[batch], the label whose logit is largest; of equal ones the smallest label.</summary>
    public const string Label = "label";

    /// <summary>The output of probabilities: Float32[batch, classes].</summary>
    public const string Probabilities = "probabilities";

    /// <summary>The inference graph in a form.</summary>
    /// <param name="model">The model.</param>
    /// <param name="facts">The dataset that it was made for.</param>
    /// <param name="form">The form.</param>
    /// <param name="name">The graph's name.</param>
    /// <param name="batch">Rows, at least 1.</param>
    /// <param name="alsoOutputs">Activations and probes to give out too.</param>
    /// <exception cref="GrokException">An activation is unknown, or a column's name is that of something else in the graph.</exception>
    public static Graph Build(
        Model model, DatasetFacts facts, ModelForm form, string name, int batch, IReadOnlyCollection<string>? alsoOutputs = null)
    {
        if (form == ModelForm.Application && facts.AnswerLength > 1)
        {
            throw new GrokException(
                $"The form for applications gives one label; an answer of this dataset has {facts.AnswerLength} tokens.",
                "Use the form plain or vector, whose input holds the answer's tokens so far.");
        }
        var built = model.Build(batch);
        var outputs = built.ToGraph(name, alsoOutputs).Outputs;
        if (form == ModelForm.Application && !facts.IsReal)
        {
            outputs =
            [
                outputs[0], new(Probabilities, built.Logits.Softmax()), new(Label, built.Logits.ArgMax()), .. outputs.AsSpan()[1..],
            ];
        }
        return Fed(built.Input, built.Parameters, outputs, facts, form, name);
    }

    /// <summary>A graph over a model's own input, fed in a form.</summary>
    internal static Graph Fed(
        Value input, IEnumerable<Value> parameters, ImmutableArray<GraphOutput> outputs, DatasetFacts facts, ModelForm form, string name)
    {
        if (form == ModelForm.Plain || facts.Kind == InputKind.Features) { return Graph.Of(name, [input, .. parameters], outputs); }
        var (ports, encoded) = form == ModelForm.Vector ? Vector(input) : Operands(input, facts);
        var values = Rewired.Apply(
            outputs.Select(output => output.Value), new Dictionary<Value, Value> { [input] = encoded });
        return Graph.Of(name, [.. ports, .. parameters], outputs.Zip(values, (output, value) => output with { Value = value }));
    }

    private static (ImmutableArray<Value> Ports, Value Encoded) Vector(Value input)
    {
        var port = Value.Input(input.Name!, TensorType.Float32(input.Shape));                  // an input has a name
        return ([port], port.Cast(ElementType.Int64));
    }

    private static (ImmutableArray<Value> Ports, Value Encoded) Operands(Value input, DatasetFacts facts)
    {
        var batch = input.Shape[0];
        ImmutableArray<Value> ports = [.. facts.Operands.Select(operand => Value.Input(operand, TensorType.Int64([batch])))];
        // A number that is no symbol might be the row of something else in the model's tables, a sign or another operand's symbol. In a
        // table of the symbols themselves it is the row of nothing, which is an error when the file runs. Gather counts rows below 0 from
        // the end, so that n < 0 asks for row p − n instead, which is beyond the table too. Floats tell all symbols apart: there are
        // fewer than 2^24 of them.
        long[] all = [.. Enumerable.Range(0, facts.OperandValues).Select(symbol => (long)symbol)];
        var symbols = Value.Constant(Tensor.Of<long>([all.Length], all));
        var next = 0;
        // not null: an input has a name
        var columns = RowEncoding.KnownColumns(input.Name!, facts).Select(known => known is { } sign
            ? Value.Constant(Tensor.Of<long>([1, 1], [sign])).Expand([batch, 1])
            : symbols.Gather(NotBelowZero(ports[next++], all.Length)).Reshape([batch, 1])).ToArray();
        return (ports, Value.Concat(1, columns));
    }

    private static Value NotBelowZero(Value operand, int symbols)
    {
        var number = operand.Cast(ElementType.Float32);
        var below = number.Less(Value.Constant(Tensor.Of<float>([1], [0]))).Cast(ElementType.Float32);
        return (number + (below * ((number * -2) + symbols))).Cast(ElementType.Int64);
    }
}
