using System.CommandLine;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Cli.Display;
using GrokPipeline.Stages;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe run</c>.</summary>
internal sealed class RunCommand : Verb
{
    private readonly Argument<string[]> _targets = new("FILE|TARGET")
    {
        Description = "A pipeline file (*.yaml), and targets: data/DATASET, EXPERIMENT or EXPERIMENT/STAGE.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _set = new("--set", "-s")
    {
        Description = "Set one value, for instance params.seed=1.", HelpName = "PATH=VALUE", AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _only =
        new("--only") { Description = "Run this stage alone: data, train, export, evaluate, probe or report.", HelpName = "STAGE" };
    private readonly Option<bool> _force = new("--force") { Description = "Run the targets even if they are up to date." };
    private readonly Option<bool> _dryRun = new("--dry-run", "-n") { Description = "Only say what would run, and why." };
    private readonly Option<string?> _as =
        new("--as") { Description = "Write the experiment to models/NAME and keep the old one.", HelpName = "NAME" };
    private readonly Option<int> _parallel =
        new("--parallel") { Description = "Experiments at a time.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _threads =
        new("--threads") { Description = "Threads for all together; 0 for one per processor.", HelpName = "N" };
    private readonly Option<string?> _engine =
        new("--engine") { Description = "Train with this engine: simd, ort-cpu.", HelpName = "NAME" };
    private readonly Option<double?> _wait =
        new("--wait")
        {
            Description = "Wait for a folder in use, up to SECONDS (default: an hour).", HelpName = "SECONDS",
            Arity = ArgumentArity.ZeroOrOne
        };

    /// <inheritdoc/>
    public override string Name => "run";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Run what is out of date: data, training, export, evaluation, probes, report.") { _targets };
        foreach (var option in (Option[])[_set, _only, _force, _dryRun, _as, _parallel, _threads, _engine, _wait])
        {
            command.Options.Add(option);
        }
        Arguments.RefuseOptions(command, _targets);
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var (file, targets) = PipelineArguments.Read(invocation.Parsed.GetValue(_targets) ?? [], Overrides(invocation));
        if (invocation.Parsed.GetValue(_as) is { } name)
        {
            if (targets.Length != 1)
            {
                throw new GrokException(
                    "--as renames one experiment.", "Name that experiment, for instance: grokpipe run equidistant --as other.");
            }
            var original = PipelineArguments.Read([file.Path], []).File;
            var experiment = targets[0].Split('/')[0];
            file = file.As(experiment, name, original);
            targets = [name + targets[0][experiment.Length..]];
        }
        var request = new RunRequest
        {
            Targets = targets,
            Only = invocation.Parsed.GetValue(_only),
            Force = invocation.Parsed.GetValue(_force),
            DryRun = invocation.Parsed.GetValue(_dryRun),
            Parallel = Arguments.AtLeast(1, invocation, _parallel),
            Threads = Arguments.AtLeast(0, invocation, _threads),
            Wait = Wait(invocation),
            Command = $"grokpipe {string.Join(' ', invocation.Parsed.Tokens.Select(token => token.Value))}",
        };
        return Execute(invocation, file, request);
    }

    private static ExitCode Execute(Invocation invocation, PipelineFile file, RunRequest request)
    {
        using var stop = new CancellationTokenSource();
        using var signals = new Signals(stop, invocation.Terminal);
        var tools = Tools.Create();
        using var display = RunDisplay.Of(invocation, request.DryRun);
        display.Begin(RunDisplay.Heading(file, tools, request.Threads));
        RunOutcome outcome;
        try { outcome = new PipelineRun(file, tools, display.Tell).Run(request, stop.Token); }
        finally { display.Dispose(); }
        var code = CodeOf(outcome);
        display.End(outcome, request);
        if (invocation.Json)
        {
            invocation.Terminal.Out.WriteLine(Messages.Document("run", code, outcome.Failures.FirstOrDefault()?.Error, Result(outcome)));
        }
        return code;
    }

    private static ExitCode CodeOf(RunOutcome outcome)
    {
        var stopped = outcome.Failures.FirstOrDefault(failure => failure.Error.Kind == ProblemKind.Stopped);
        if (stopped is not null) { return ExitCode.Stopped; }
        if (outcome.Failures.Length > 0) { return ExitCodes.Of(outcome.Failures[0].Error.Kind); }
        return outcome.Missed.Length > 0 ? ExitCode.CheckFailed : ExitCode.Done;
    }

    private static JsonObject Result(RunOutcome outcome) => new()
    {
        ["type"] = "result",
        ["ran"] = List(outcome.Ran),
        ["up_to_date"] = List(outcome.UpToDate),
        ["failed"] = List(outcome.Failures.Select(failure => failure.Target)),
        ["missed"] = List(outcome.Missed),
    };

    private static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private List<string> Overrides(Invocation invocation)
    {
        var overrides = (invocation.Parsed.GetValue(_set) ?? []).ToList();
        if (invocation.Parsed.GetValue(_engine) is { } engine)
        {
            BuiltEngines.Of(engine);                                                  // told before anything else when it is absent
            overrides.Add($"defaults.train.engine={engine}");
        }
        return overrides;
    }

    private TimeSpan Wait(Invocation invocation)
    {
        if (invocation.Parsed.GetResult(_wait) is not { Implicit: false }) { return TimeSpan.Zero; }
        return TimeSpan.FromSeconds(Math.Clamp(invocation.Parsed.GetValue(_wait) ?? 3600, 0, 1e6));
    }
}

/// <summary>Telling the pipeline file from targets.</summary>
internal static class PipelineArguments
{
    /// <summary>Reads the file among some arguments (pipeline.yaml when none is) and gives back the others.</summary>
    public static (PipelineFile File, System.Collections.Immutable.ImmutableArray<string> Targets) Read(
        IEnumerable<string> arguments, IEnumerable<string> overrides)
    {
        var files = arguments.Where(IsFile).ToArray();
        if (files.Length > 1) { throw new GrokException($"{files.Length} pipeline files were given.", "Name one at a time."); }
        return (PipelineFile.Read(files.FirstOrDefault() ?? PipelineFile.DefaultName, overrides),
            [.. arguments.Where(argument => !IsFile(argument))]);
    }

    /// <summary>True for the name of a pipeline file.</summary>
    public static bool IsFile(string argument) =>
        argument.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || argument.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
}
