using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Onnx;

namespace GrokPipeline.Runs.Scoring;

/// <summary>Where a model takes rows and gives logits.</summary>
/// <param name="Input">The name of its input.</param>
/// <param name="Form">How rows are encoded for it.</param>
/// <param name="Output">The name of its output.</param>
internal sealed record ModelPorts(string Input, string Form, string Output)
{
    /// <summary>Finds the ports of a model for rows.</summary>
    /// <exception cref="GrokException">They do not fit together; the message names model, input and columns.</exception>
    public static ModelPorts Of(OnnxSignature signature, DataColumns rows, string model, string data)
    {
        var facts = rows.Facts;
        var output = OutputOf(signature, facts, model, data);
        // The tokens of ∘ and = follow from the number of values: where nobody says that, only bare operands can be given.
        string[] forms = facts.Kind == InputKind.Features ? [RowEncoding.Features]
            : facts.OperandValues == DataColumns.AnyValue ? [RowEncoding.Operands]
            : [RowEncoding.FramedTokens, RowEncoding.OperandsEquals, RowEncoding.Tokens, RowEncoding.Operands];
        if (signature.Inputs is not [var input])
        {
            throw new GrokException(
                $"its inputs are {List(signature.Inputs)}; exactly one is needed.", "Use a model of rows.", model);
        }
        // A name of ours says the form; another program's input is recognized by its type.
        var form = forms.Contains(input.Name)
            ? input.Name
            : forms.FirstOrDefault(form => form is RowEncoding.Tokens or RowEncoding.Operands or RowEncoding.Features
                && input.Accepts(RowEncoding.InputType(form, facts, 3)));
        if (form is not null && input.Accepts(RowEncoding.InputType(form, facts, 3))) { return new(input.Name, form, output); }
        var columns = !rows.Parts.IsEmpty ? $"columns {string.Join(", ", rows.Parts)}"
            : facts.Kind == InputKind.Features ? $"column '{facts.Features}'" : $"columns {string.Join(", ", facts.Operands)}";
        var wanted = RowEncoding.InputType(forms[^1], facts, 3);
        throw new GrokException(
            $"its input is {input}; {columns} of {data} make {wanted.Element}[rows, {wanted.Shape[1]}].",
            "Use a model of the same kind of rows, or name other columns.", model);
    }

    private static string OutputOf(OnnxSignature signature, DatasetFacts facts, string model, string data)
    {
        var named = signature.Output("logits") ?? (signature.Outputs.Length == 1 ? signature.Outputs[0] : null);
        if (named is not null && named.Accepts(RowEncoding.LogitsType(facts, 3))) { return named.Name; }
        var width = facts.AnswerLength > 1 ? $"{facts.AnswerLength}, {facts.Classes}" : $"{facts.TargetWidth}";
        throw new GrokException(
            $"its outputs are {List(signature.Outputs)}; one of Float32[rows, {width}] is needed for column '{facts.Target}' of "
            + $"{data}, named logits if there are several.", "Use a model of the same classes.", model);
    }

    private static string List(ImmutableArray<OnnxPort> ports) => ports.Length == 0 ? "none" : string.Join(", ", ports.Take(8));
}
