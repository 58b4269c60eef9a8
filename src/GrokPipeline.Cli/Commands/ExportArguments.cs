using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Runs;
using GrokPipeline.Stages;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Cli.Commands;

/// <summary>What the verbs that write checkpoints have in common: an experiment, some of its checkpoints, a folder.</summary>
internal sealed class ExportArguments
{
    private readonly Argument<string> _experiment = new("EXP") { Description = "A finished experiment: its name or its folder." };

    private readonly Option<string[]> _marks = new("--mark")
    {
        Description = "A mark, step:N, or spread:N for N of all; may be given several times. Default: those of export.models.",
        HelpName = "NAME", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _all = new("--all") { Description = "Every stored checkpoint; the same as --mark all." };

    private readonly Option<string?> _out =
        new("--out") { Description = "The folder to write to. Default: exports/EXP.", HelpName = "DIR" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_experiment);
        foreach (var option in (Option[])[_marks, _all, _out]) { command.Options.Add(option); }
    }

    /// <summary>The experiment's folder, the checkpoints and the folder to write to.</summary>
    /// <exception cref="GrokException">There is no such experiment, or both marks and all were given.</exception>
    public (string Folder, ImmutableArray<string> Checkpoints, string Out) Read(Invocation invocation)
    {
        var folder = ModelPath.Folder(invocation.Parsed.GetValue(_experiment)!);            // not null: the argument is required
        ImmutableArray<string> marks = [.. invocation.Parsed.GetValue(_marks) ?? []];
        if (invocation.Parsed.GetValue(_all))
        {
            if (marks.Length > 0) { throw new GrokException("goes without --mark.", "Give one of them.", _all.Name); }
            marks = ["all"];
        }
        return (folder, marks, invocation.Parsed.GetValue(_out) ?? Path.Combine("exports", RunDirectory.Open(folder).Name));
    }

    /// <summary>The option of how files are fed.</summary>
    public static Option<string[]> Inputs(string description)
    {
        var option = new Option<string[]>("--inputs")
        {
            Description = description, HelpName = "FORM", AllowMultipleArgumentsPerToken = true,
        };
        option.AcceptOnlyFromAmong([.. Enum.GetNames<ModelForm>().Select(Messages.Snake)]);
        return option;
    }

    /// <summary>The option of how far a file may be from the training engine.</summary>
    public static Option<double?> Tolerance() => new("--tolerance")
    {
        Description = "Largest difference allowed when a file is checked, relative to the value's largest magnitude.", HelpName = "X",
    };

    /// <summary>The option of how many rows are compared.</summary>
    public static Option<int?> Rows() => new("--rows")
    {
        Description = "Rows of each distribution that are compared, at most.", HelpName = "N",
    };

    /// <summary>Forms from their names.</summary>
    public static ImmutableArray<ModelForm> Forms(IEnumerable<string> names) =>
        [.. names.Select(name => Enum.Parse<ModelForm>(name, ignoreCase: true))];

    /// <summary>Tells which files were written.</summary>
    public static ExitCode Answer(Invocation invocation, ImmutableArray<ExportedPath> written)
    {
        var document = new JsonObject
        {
            ["files"] = new JsonArray([.. written.Select(file => (JsonNode)new JsonObject
            {
                ["file"] = file.Path,
                ["step"] = file.Step,
                ["marks"] = new JsonArray([.. file.Marks.Select(mark => (JsonNode)mark)]),
                ["largest_relative"] = file.Worst.Length > 0 ? Messages.Number(file.Relative) : null,
                ["worst"] = file.Worst.Length > 0 ? file.Worst : null,
            })]),
        };
        return invocation.Answer("export", document, output =>
        {
            foreach (var file in written)
            {
                var checkedAs = file.Worst.Length == 0 ? "" : string.Create(
                    CultureInfo.InvariantCulture, $"  within {file.Relative:0.0e+0} of the training engine ({file.Worst})");
                output.WriteLine($"{file.Path}  {string.Join(", ", file.Marks.DefaultIfEmpty($"step {file.Step}"))}{checkedAs}");
            }
        });
    }
}
