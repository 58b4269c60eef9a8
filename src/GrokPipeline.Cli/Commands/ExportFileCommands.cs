using System.CommandLine;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe export onnx</c>.</summary>
internal sealed class ExportOnnxCommand : Verb
{
    private readonly ExportArguments _arguments = new();

    private readonly Option<string[]> _inputs = ExportArguments.Inputs(
        "How files are fed, a file for each: plain, vector (floats), application (each operand an input, the answer an output).");

    private readonly Option<string[]> _activations = new("--activations")
    {
        Description = "Activations that a further file beside each gives out: all, none, or names such as blocks.0.attn.pattern.",
        HelpName = "NAME", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int?> _opset = new("--opset") { Description = "ONNX operator set, 17 to 21.", HelpName = "N" };
    private readonly Option<double?> _tolerance = ExportArguments.Tolerance();
    private readonly Option<int?> _rows = ExportArguments.Rows();

    /// <inheritdoc/>
    public override string Name => "onnx";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Write checkpoints as ONNX files, each checked against the training engine.");
        _arguments.AddTo(command);
        foreach (var option in (Option[])[_inputs, _activations, _opset, _tolerance, _rows]) { command.Options.Add(option); }
        command.SetAction(parsed => line.Guard("export", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var (experiment, checkpoints, folder) = _arguments.Read(invocation);
        var forms = invocation.Parsed.GetValue(_inputs) ?? [];
        var activations = invocation.Parsed.GetValue(_activations) ?? [];
        var export = new OnnxExport
        {
            Checkpoints = checkpoints,
            Opset = invocation.Parsed.GetValue(_opset),
            Inputs = forms.Length > 0 ? ExportArguments.Forms(forms) : null,
            Activations = activations.Length > 0 ? WordList.FromText(string.Join(',', activations)) : null,
            Tolerance = invocation.Parsed.GetValue(_tolerance),
            Rows = invocation.Parsed.GetValue(_rows),
        };
        return ExportArguments.Answer(invocation, CheckpointExport.Onnx(Tools.Create(), experiment, export, folder));
    }
}

/// <summary><c>grokpipe export safetensors</c>.</summary>
internal sealed class ExportSafetensorsCommand : Verb
{
    private readonly ExportArguments _arguments = new();
    private readonly Option<string> _layout = Layout();

    /// <inheritdoc/>
    public override string Name => "safetensors";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Write parameters as safetensors files, for PyTorch, TorchSharp or candle.");
        _arguments.AddTo(command);
        command.Options.Add(_layout);
        command.SetAction(parsed => line.Guard("export", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var (experiment, checkpoints, folder) = _arguments.Read(invocation);
        var torch = invocation.Parsed.GetValue(_layout) == "torch";
        return ExportArguments.Answer(invocation, CheckpointExport.Weights(Tools.Create(), experiment, checkpoints, torch, folder));
    }

    private static Option<string> Layout()
    {
        var option = new Option<string>("--layout")
        {
            Description = "torch: matrices are [outputs, inputs]; grokpipe: [inputs, outputs], as in checkpoints.",
            DefaultValueFactory = _ => "torch",
        };
        option.AcceptOnlyFromAmong("torch", "grokpipe");
        return option;
    }
}
