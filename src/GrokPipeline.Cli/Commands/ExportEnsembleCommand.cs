using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe export ensemble</c>.</summary>
internal sealed class ExportEnsembleCommand : Verb
{
    private const string PlanName = "plan.jsonl";

    private readonly Argument<string[]> _what = new("PLAN|EXP:MARK")
    {
        Description = "A plan of a sweep (models/sweeps/NAME/ID), or several checkpoints.", Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _members = new("--members")
    {
        Description = "Places of members in the plan, from 0: 0,3,5. Default: all that are finished and finite.", HelpName = "N",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _where = new("--where")
    {
        Description = "A condition on members, for instance phase=grokked, seed=0, train_fraction=0.3; all must hold.",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<string[]> _inputs =
        ExportArguments.Inputs("How the file is fed: plain, the default, vector, or application.");

    private readonly Option<int?> _opset = new("--opset") { Description = "ONNX operator set, 17 to 21.", HelpName = "N" };
    private readonly Option<double?> _tolerance = ExportArguments.Tolerance();
    private readonly Option<int?> _rows = ExportArguments.Rows();
    private readonly Option<string> _out = new("--out") { Description = "The file to write.", HelpName = "FILE", Required = true };

    /// <inheritdoc/>
    public override string Name => "ensemble";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Write several trainings of one model as one ONNX file: means, votes and disagreement.")
        {
            _what, _members, _where, _inputs, _opset, _tolerance, _rows, _out,
        };
        Arguments.RefuseOptions(command, _what);
        command.SetAction(parsed => line.Guard("export", parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var path = invocation.Parsed.GetValue(_out)!;                                       // not null: the option is required
        var forms = ExportArguments.Forms(invocation.Parsed.GetValue(_inputs) ?? []);
        if (forms.Length > 1) { throw new GrokException("an ensemble is one file.", "Give one form.", _inputs.Name); }
        var request = Members(invocation) with { Inputs = forms.FirstOrDefault() };
        if (invocation.Parsed.GetValue(_opset) is { } opset) { request = request with { Opset = opset }; }
        request = request with
        {
            Verify = new()
            {
                Tolerance = invocation.Parsed.GetValue(_tolerance) ?? request.Verify.Tolerance,
                Rows = invocation.Parsed.GetValue(_rows) ?? request.Verify.Rows,
            },
        };
        var written = EnsembleExport.Write(Tools.Create(), request, path);
        var document = new JsonObject
        {
            ["file"] = path,
            ["members"] = written.Members,
            ["largest_relative"] = Messages.Number(written.Relative),
            ["left_out"] = new JsonArray([.. written.LeftOut.Select(name => (JsonNode)name)]),
        };
        return invocation.Answer("export", document, output =>
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}  {written.Members} members, within {written.Relative:0.0e+0} of their own files"));
            foreach (var name in written.LeftOut) { output.WriteLine($"  left out: {name}, whose parameters are not finite"); }
        });
    }

    private EnsembleRequest Members(Invocation invocation)
    {
        var what = invocation.Parsed.GetValue(_what) ?? [];
        var (members, where) = (invocation.Parsed.GetValue(_members) ?? [], invocation.Parsed.GetValue(_where) ?? []);
        if (what.Length == 1 && (File.Exists(what[0]) || File.Exists(Path.Combine(what[0], PlanName))))
        {
            return new() { Plan = what[0], Members = [.. members.SelectMany(text => text.Split(',')).Select(Index)], Where = [.. where] };
        }
        if (members.Length + where.Length > 0)
        {
            throw new GrokException(
                "chooses among the members of a plan.", "Name a plan: models/sweeps/NAME/ID.",
                members.Length > 0 ? _members.Name : _where.Name);
        }
        return new() { Checkpoints = [.. what.Select(ModelPath.Checkpoint)] };
    }

    private int Index(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index
        : throw new GrokException($"'{text}' is no place of a member.", "Give numbers from 0 on: 0,3,5.", _members.Name);
}
