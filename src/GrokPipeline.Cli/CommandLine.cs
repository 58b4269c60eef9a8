using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Commands;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Cli;

/// <summary>From arguments to an exit code. Every error is told in one way, whatever verb it comes from.</summary>
internal sealed class CommandLine
{
    private readonly Terminal _terminal;
    private readonly GlobalOptions _global = new();
    private readonly RootCommand _root;

    /// <summary>Builds the commands.</summary>
    public CommandLine(Terminal terminal)
    {
        _terminal = terminal;
        _root = new RootCommand("Trains small networks until they grok, and reports how they do under distribution shift.");
        _global.AddTo(_root);
        Verb[] verbs =
        [
            new RunCommand(), new StatusCommand(), new ShowCommand(), new EvaluateCommand(), new ProbeCommand(), new ExportCommand(),
            new QueryCommand(), new SweepCommand(), new ReproduceCommand(), new DoctorCommand(), new SchemaCommand(), new VersionCommand(),
        ];
        foreach (var verb in verbs) { _root.Subcommands.Add(verb.Build(this)); }
    }

    /// <summary>Runs a command line.</summary>
    public ExitCode Run(IReadOnlyList<string> arguments)
    {
        var parsed = _root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction) { return Misused(parsed); }
        var configuration = new InvocationConfiguration
        {
            Output = _terminal.Out, Error = _terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
        };
        return (ExitCode)parsed.Invoke(configuration);
    }

    /// <summary>Runs a verb and tells its error, if it ends in one.</summary>
    internal int Guard(string verb, ParseResult parsed, Func<Invocation, ExitCode> action)
    {
        var json = parsed.GetValue(_global.Json);
        var terminal = _terminal.With(
            live: parsed.GetValue(_global.Progress) is "auto", coloured: !parsed.GetValue(_global.NoColor));
        try
        {
            if (parsed.GetValue(_global.Directory) is { } directory) { Enter(directory); }
            return (int)action(new Invocation(parsed, _global, terminal, json));
        }
        catch (GrokException error) { return (int)Tell(verb, error, terminal, json, parsed.GetValue(_global.Debug)); }
        catch (OperationCanceledException) { return (int)ExitCode.Stopped; }
        catch (Exception error) when (Problems.IsOfMachine(error))
        {
            return (int)Tell(verb, Problems.Of(error, verb), terminal, json, parsed.GetValue(_global.Debug));
        }
        catch (Exception error) { return (int)Crashed(verb, error, terminal, json); }
    }

    private static void Enter(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new GrokException($"there is no folder '{directory}'.", "Name a folder that exists.", "--directory");
        }
        Environment.CurrentDirectory = directory;
    }

    private static ExitCode Tell(string verb, GrokException error, Terminal terminal, bool json, bool debug)
    {
        var code = ExitCodes.Of(error.Kind);
        terminal.Error.WriteLine(Messages.Text(error));
        if (debug) { terminal.Error.WriteLine(error); }
        if (json)
        {
            var more = verb is "run" or "sweep" or "reproduce" ? new JsonObject { ["type"] = "result" } : null;
            terminal.Out.WriteLine(Messages.Document(verb, code, error, more));
        }
        return code;
    }

    // A bug: the trace goes into a file, the terminal gets one line.
    private static ExitCode Crashed(string verb, Exception error, Terminal terminal, bool json)
    {
        var path = Path.Combine(Path.GetTempPath(), $"grokpipe-crash-{Environment.ProcessId}.txt");
        try { File.WriteAllText(path, error.ToString()); }
        catch (IOException) { path = "nowhere: the folder for temporary files cannot be written"; }
        var problem = new GrokException(
            $"internal error: {error.GetType().Name}: {error.Message}", $"This is a bug. Details are in {path}.", kind: ProblemKind.Failed,
            cause: error);
        terminal.Error.WriteLine(Messages.Text(problem));
        if (json) { terminal.Out.WriteLine(Messages.Document(verb, ExitCode.InternalError, problem)); }
        return ExitCode.InternalError;
    }

    // System.CommandLine would return 1 for this, which means a failed stage.
    private ExitCode Misused(ParseResult parsed)
    {
        var verb = string.Join(' ', Way(parsed.CommandResult));
        var known = _root.Subcommands.Select(command => command.Name);
        foreach (var error in parsed.Errors)
        {
            _terminal.Error.WriteLine($"grokpipe{(verb.Length > 0 ? " " : "")}{verb}: {error.Message}");
        }
        var word = parsed.Tokens.FirstOrDefault(token => token.Type == TokenType.Argument)?.Value;
        var hint = verb.Length == 0 && word is not null && Spelling.Nearest(word, known) is { } nearest ? $"Did you mean {nearest}? " : "";
        _terminal.Error.WriteLine($"{hint}See grokpipe{(verb.Length > 0 ? " " : "")}{verb} --help.");
        if (parsed.GetValue(_global.Json))
        {
            var problem = new GrokException(parsed.Errors[0].Message, "See --help.");
            _terminal.Out.WriteLine(Messages.Document(verb.Length == 0 ? "grokpipe" : verb.Split(' ')[0], ExitCode.Usage, problem));
        }
        return ExitCode.Usage;
    }

    // The names of a command and of those above it: sweep, run.
    private IEnumerable<string> Way(CommandResult command) => command.Command == _root
        ? []
        : (command.Parent is CommandResult above ? Way(above) : []).Append(command.Command.Name);
}

/// <summary>What a verb is run with.</summary>
internal sealed record Invocation(ParseResult Parsed, GlobalOptions Global, Terminal Terminal, bool Json)
{
    /// <summary>True when details are asked for.</summary>
    public bool Verbose => Parsed.GetValue(Global.Verbose);

    /// <summary>True when only errors are asked for.</summary>
    public bool Quiet => Parsed.GetValue(Global.Quiet);

    /// <summary>Writes the document of a verb that succeeded, or its text.</summary>
    public ExitCode Answer(
        string verb, JsonObject document, Action<TextWriter> text, ExitCode code = ExitCode.Done, GrokException? error = null)
    {
        if (Json) { Terminal.Out.WriteLine(Messages.Document(verb, code, error, document)); }
        else { text(Terminal.Out); }
        return code;
    }
}

/// <summary>One verb of the command line.</summary>
internal abstract class Verb
{
    /// <summary>Its name.</summary>
    public abstract string Name { get; }

    /// <summary>The command with its options and action.</summary>
    public abstract Command Build(CommandLine line);
}

/// <summary>Options that every verb takes.</summary>
internal sealed class GlobalOptions
{
    /// <summary>Where to work.</summary>
    public Option<string?> Directory { get; } =
        new("--directory", "-C") { Description = "Work in this folder.", HelpName = "DIR", Recursive = true };

    /// <summary>More lines.</summary>
    public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "Tell more: also what is up to date.", Recursive = true };

    /// <summary>Fewer lines.</summary>
    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Tell errors only.", Recursive = true };

    /// <summary>JSON on stdout.</summary>
    public Option<bool> Json { get; } =
        new("--json") { Description = "Write one JSON document to stdout; runs write JSON lines.", Recursive = true };

    /// <summary>No colours.</summary>
    public Option<bool> NoColor { get; } =
        new("--no-color") { Description = "No colours; also by NO_COLOR or TERM=dumb.", Recursive = true };

    /// <summary>How progress is told.</summary>
    public Option<string> Progress { get; } = Chosen();

    /// <summary>Traces.</summary>
    public Option<bool> Debug { get; } = new("--debug") { Description = "Show the trace of an error.", Recursive = true };

    /// <summary>Adds all to the root.</summary>
    public void AddTo(RootCommand root)
    {
        foreach (var option in (Option[])[Directory, Verbose, Quiet, Json, NoColor, Progress, Debug]) { root.Options.Add(option); }
    }

    private static Option<string> Chosen()
    {
        var option = new Option<string>(
            "--progress")
        { Description = "How progress is told.", DefaultValueFactory = _ => "auto", Recursive = true };
        option.AcceptOnlyFromAmong("auto", "plain", "none");
        return option;
    }
}
