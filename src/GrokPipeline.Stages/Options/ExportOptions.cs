using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Onnx;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Options;

/// <summary>How checkpoints become ONNX files.</summary>
public sealed record ExportOptions : IOptions
{
    /// <summary>
    /// Which checkpoints: marks, the default, all, or a list of marks, step:N and spread:N. A mark that never happened is left out.
    /// </summary>
    public WordList Models { get; init; } = WordList.FromText("marks");

    /// <summary>ONNX operator set. Default 17.</summary>
    public int Opset { get; init; } = OpSet.Opset;

    /// <summary>
    /// How the files are fed, a file for each: plain, the default, which is what is scored; vector, one input of floats; application, an
    /// input for each operand and the answer as an output.
    /// </summary>
    public ImmutableArray<ModelForm> Inputs { get; init; } = [ModelForm.Plain];

    /// <summary>
    /// Activations that a further file beside each gives out: none, the default, all, or a list of names. What is scored has none.
    /// </summary>
    public WordList Activations { get; init; } = WordList.FromText("none");

    /// <summary>The check of each file in ONNX Runtime against the training engine.</summary>
    public VerifyOptions Verify { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Opset < OnnxWriter.FirstOpset || Opset > OnnxWriter.LastOpset)
        {
            yield return new("opset", $"opset is {Opset}; give a number from {OnnxWriter.FirstOpset} to {OnnxWriter.LastOpset}.");
        }
        if (Activations.Words.Length > 1 && Activations.Words.FirstOrDefault(word => word is "all" or "none") is { } alone)
        {
            yield return new("activations", $"activations has '{alone}' beside other names; give {alone} alone, or names.");
        }
        if (!Inputs.Contains(ModelForm.Plain)) { yield return new("inputs", "inputs lacks plain, the files that are scored."); }
    }

    /// <summary>The names of the activations among those that a model has.</summary>
    internal ImmutableArray<string> ActivationsOf(Training.Models.Model model) =>
        Activations.Is("none") ? [] : Activations.Is("all") ? [.. model.Build(2).Names()]
        : [.. Activations.Words.Distinct(StringComparer.Ordinal)];
}

/// <summary>The check of an exported file.</summary>
public sealed record VerifyOptions : IOptions
{
    /// <summary>Largest difference allowed, relative to the output's largest magnitude. Default 1e-5.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>
    /// At most this many rows of each split and shift, evenly spread; at least 1. Default 2000.
    /// </summary>
    public int Rows { get; init; } = 2000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Tolerance is not (> 0 and <= 1))
        {
            yield return new("tolerance", $"tolerance is {Tolerance}; give a number above 0, usually 1e-5.");
        }
        if (Rows < 1) { yield return new("rows", $"rows is {Rows}; give a number from 1, usually 2000."); }
    }
}
