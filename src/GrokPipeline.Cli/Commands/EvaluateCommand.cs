using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Evaluation;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe evaluate</c>.</summary>
internal sealed class EvaluateCommand : Verb
{
    private readonly Argument<string> _model = new("MODEL") { Description = "An ONNX file, or EXPERIMENT:MARK." };

    private readonly Option<string[]> _data = new("--data")
    {
        Description = "A Parquet file to score on; may be given several times.", HelpName = "FILE", Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _metrics =
        new("--metrics") { Description = "Metrics: accuracy, loss, ece, brier.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };

    private readonly Option<string[]> _require = new("--require")
    {
        Description = "A bound that must hold on every file, for instance \"accuracy >= 0.99\"; a miss returns 3.", HelpName = "EXPR",
    };

    private readonly Option<bool> _noIsolate = Isolation.Option();

    /// <inheritdoc/>
    public override string Name => "evaluate";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Score a model on tables.") { _model, _data, _metrics, _require, _noIsolate };
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var model = ModelPath.Onnx(invocation.Parsed.GetValue(_model)!);                    // not null: the argument is required
        var data = invocation.Parsed.GetValue(_data) ?? [];
        foreach (var path in data.Prepend(model).Where(path => !File.Exists(path)))
        {
            throw new GrokException("there is no such file.", "Name a file that exists.", path);
        }
        var requirements = (invocation.Parsed.GetValue(_require) ?? []).Select(Requirement.Parse).ToArray();
        if (Isolation.Wanted(invocation, _noIsolate, [model, .. data])) { return Isolation.Run(invocation); }
        var results = data.Select(path => (path, Scores: ModelEvaluation.Score(Tools.Create(), model, path, Options(invocation))))
            .ToArray();
        var missed = requirements.SelectMany(requirement => results.Select(result => requirement.Missed(result.path, result.Scores)))
            .OfType<string>().ToArray();
        var document = new JsonObject
        {
            ["model"] = model,
            ["scores"] = new JsonArray(
                [.. results.SelectMany(result => result.Scores.Select(score => (JsonNode)Json(result.path, score)))]),
            ["missed"] = new JsonArray([.. missed.Select(text => (JsonNode)text)]),
        };
        var code = missed.Length > 0 ? ExitCode.CheckFailed : ExitCode.Done;
        foreach (var text in missed) { invocation.Terminal.Error.WriteLine(text); }
        return invocation.Answer(Name, document, output =>
        {
            foreach (var (path, scores) in results)
            {
                foreach (var score in scores) { output.WriteLine(Text(path, score)); }
            }
        }, code);
    }

    private EvaluationOptions Options(Invocation invocation)
    {
        var options = new EvaluationOptions();
        if (invocation.Parsed.GetValue(_metrics) is { Length: > 0 } metrics)
        {
            options = options with { Metrics = [.. metrics.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries))] };
        }
        return options.Problems().FirstOrDefault() is { Problem: { } problem }
            ? throw new GrokException(problem, "", "--metrics")
            : options;
    }

    private static JsonObject Json(string path, Score score) => new()
    {
        ["data"] = path,
        ["group"] = score.Group,
        ["metric"] = score.Metric,
        ["value"] = Messages.Number(score.Value.Value),
        ["low"] = Messages.Number(score.Value.Low),
        ["high"] = Messages.Number(score.Value.High),
        ["rows"] = score.Rows,
    };

    private static string Text(string path, Score score) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Path.GetFileNameWithoutExtension(path),-16}  {score.Group,-14}  {score.Metric,-20}  "
        + $"{score.Value.Value,8:F4}  [{score.Value.Low:F4}, {score.Value.High:F4}]  {score.Rows,8:N0} rows");

    /// <summary>A metric and its bound.</summary>
    private sealed record Requirement(string Name, Bound Bound)
    {
        private const string WorstGroup = "worst_group_accuracy";

        public static Requirement Parse(string text)
        {
            var at = text.IndexOfAny(['<', '>']);
            var name = at > 0 ? text[..at].Trim() : "";
            if (name.Length == 0)
            {
                throw new GrokException($"'{text}' is no requirement.", "Write a metric and a bound: \"accuracy >= 0.99\".", "--require");
            }
            string[] known = [.. Metric.All.Keys.Order(StringComparer.Ordinal), WorstGroup];
            if (!known.Contains(name))
            {
                throw new GrokException(
                    $"there is no metric '{name}'.{Spelling.Suggestion(name, known)}", $"Use one of: {string.Join(", ", known)}.",
                    "--require");
            }
            return new Requirement(name, Bound.Parse(text[at..]));
        }

        public string? Missed(string path, IReadOnlyList<Score> scores)
        {
            var found = scores.FirstOrDefault(
                score => score.Metric == Name && (score.Group == Scorer.AllRows || score.Metric == WorstGroup));
            if (found is null) { return $"{path}: there is no {Name} to compare with {Bound}."; }
            return Bound.Holds(found.Value.Value)
                ? null : string.Create(CultureInfo.InvariantCulture, $"{path}: {Name} is {found.Value.Value:G6}, but should be {Bound}.");
        }
    }
}
