using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Probes;

/// <summary>What a probe needs that runs changed models.</summary>
internal static class Engine
{
    /// <summary>The model and the engine.</summary>
    /// <exception cref="GrokException">There is none: only an ONNX file is at hand.</exception>
    public static (Model Model, Func<Graph, ISession> Compile) Of(ProbeContext context, string probe) =>
        context is { Model: { } model, Compile: { } compile } ? (model, compile) : throw new GrokException(
            $"The probe '{probe}' changes the model and runs it again; an exported file alone does not have the model's graph.",
            "Probe a checkpoint of an experiment: EXPERIMENT:MARK.");

    /// <summary>The model's input for some rows.</summary>
    public static Tensor Input(ProbeContext context, Model model, int[] rows)
    {
        var input = new Tensor(RowEncoding.InputType(model.InputName, context.Facts, rows.Length));
        RowEncoding.Input(model.InputName, context.Rows, context.Facts, rows, input);
        return input;
    }
}
