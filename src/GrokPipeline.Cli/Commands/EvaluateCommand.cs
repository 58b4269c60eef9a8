using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Evaluation;
using GrokPipeline.Runs.Scoring;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe evaluate</c>.</summary>
internal sealed class EvaluateCommand : Verb
{
    private readonly Argument<string> _model = new("MODEL") { Description = "An ONNX file, or EXPERIMENT:MARK." };

    private readonly Option<string[]> _data = new("--data")
    {
        Description = "A Parquet file or DATASET.NAME, a split or shift, to score on; may be given several times.",
        HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _metrics = new("--metrics")
    {
        Description = $"Metrics: {string.Join(", ", Metric.Names)}.", HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _require = new("--require")
    {
        Description = "A bound that must hold: \"accuracy >= 0.99\" on every file, \"shift.worst_group >= 0.9\" on one, "
            + "\"validation - shift <= 0.05\" between two; a miss returns 3.",
        HelpName = "EXPR",
    };

    private readonly Option<string?> _groups =
        new("--groups") { Description = "An integer column whose values are scored one by one, with the worst.", HelpName = "COLUMN" };

    private readonly Option<bool> _perClass = new("--per-class") { Description = "Score the rows of each class apart." };

    private readonly Option<string?> _target =
        new("--target") { Description = "The integer column of the right class, where the file does not say it.", HelpName = "COLUMN" };

    private readonly Option<string[]> _features = new("--features")
    {
        Description = "The columns of the features, one vector or several numbers, where the file does not say them.",
        HelpName = "COLUMN", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _operands = new("--operands")
    {
        Description = "The integer columns of the operands, in the model's order, where the file does not say them.",
        HelpName = "COLUMN", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _yardstick = new("--yardstick")
    {
        Description = "The --data file that gaps are measured from: its number minus that of each other; the first unless said.",
        HelpName = "NAME",
    };

    private readonly Option<int> _timeLimit = new("--time-limit")
    {
        Description = "Minutes after which scoring a file of unknown origin is given up; 0 for no limit.",
        HelpName = "MINUTES", DefaultValueFactory = _ => 120,
    };

    private readonly Option<string?> _train = new("--train")
    {
        Description = "The train split, whose shares of groups weigh adjusted_accuracy.", HelpName = "FILE",
    };

    private readonly Option<string?> _predictions = new("--predictions")
    {
        Description = "Write what the model says about each row of the one data file to a Parquet file.", HelpName = "FILE",
    };

    private readonly Option<int> _bins = new("--ece-bins")
    {
        Description = "Bins of the calibration errors.", HelpName = "N", DefaultValueFactory = _ => new EvaluationOptions().EceBins,
    };

    private readonly Option<int> _batch =
        new("--batch") { Description = "Rows of a call.", HelpName = "N", DefaultValueFactory = _ => 1024 };

    private readonly Option<int> _threads = new("--threads") { Description = "Threads; 0 for one per processor.", HelpName = "N" };

    private readonly Option<bool> _noIsolate = Isolation.Option();

    /// <inheritdoc/>
    public override string Name => "evaluate";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Score a model on tables of any size.")
        {
            _model, _data, _metrics, _require, _groups, _perClass, _target, _features, _operands, _train, _yardstick, _predictions,
            _bins, _batch, _threads, _timeLimit, _noIsolate,
        };
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var model = ModelPath.Onnx(invocation.Parsed.GetValue(_model)!);                    // not null: the argument is required
        if (!File.Exists(model)) { throw new GrokException("there is no such file.", "Name a file that exists.", model); }
        var files = new ScoredFiles(invocation.Parsed.GetValue(_data) ?? []);
        var data = files.Paths;
        var yardstick = invocation.Parsed.GetValue(_yardstick) is { } name ? files.IndexOf(name, "--yardstick") : 0;
        var train = invocation.Parsed.GetValue(_train) is { } text ? DataPath.Of(text) : null;
        var requirements = (invocation.Parsed.GetValue(_require) ?? []).Select(Required).Select(files.Named).ToArray();
        var request = Request(invocation, model, train, requirements);
        if (request.Predictions is not null && data.Length != 1)
        {
            throw new GrokException($"{data.Length} data files were given.", "Give one --data with --predictions.", "--predictions");
        }
        if (data.Length == 1) { (request with { Data = data[0] }).CheckPredictions(); }
        if (Isolation.Wanted(invocation, _noIsolate, [model, .. data, .. train is null ? [] : new[] { train }]))
        {
            return Isolated(invocation, request);
        }
        var tools = Tools.Create();
        var results = WithGaps(
            [.. data.Select((path, i) => new Result(path, files.Names[i], ModelEvaluation.Score(tools, request with { Data = path })))],
            yardstick);
        var missed = requirements.SelectMany(requirement => requirement.Missed(
            [.. results.Select(result => (result.Name, result.Scored.Scores))])).ToArray();
        var code = missed.Length > 0 ? ExitCode.CheckFailed : ExitCode.Done;
        Tell(invocation, results, missed);
        return invocation.Answer(Name, Document(model, results, missed), output =>
        {
            foreach (var result in results)
            {
                foreach (var score in result.Scored.Scores) { output.WriteLine(Text(result.Name, score)); }
            }
        }, code);
    }

    private static Requirement Required(string text)
    {
        try { return Requirement.Parse(text); }
        catch (GrokException error) { throw new GrokException(error.Problem, error.Remedy, "--require", error.Kind, error); }
    }

    private sealed record Result(string Path, string Name, FileScores Scored);

    private static Result[] WithGaps(Result[] results, int yardstick) =>
    [
        .. results.Select((result, i) => i == yardstick ? result : result with
        {
            Scored = result.Scored with
            {
                Scores =
                [
                    .. result.Scored.Scores,
                    .. Scorer.Gaps(results[yardstick].Scored.Scores, result.Scored.Scores)
                        .Select(gap => gap with { Note = $"{results[yardstick].Name} minus {result.Name}" }),
                ],
            },
        }),
    ];

    // A child that ends early leaves the parts of what it wrote.
    private ExitCode Isolated(Invocation invocation, EvaluationRequest request)
    {
        var minutes = Arguments.AtLeast(0, invocation, _timeLimit);
        try
        {
            return Isolation.Run(invocation, minutes == 0 ? null : TimeSpan.FromMinutes(minutes), _timeLimit.Name);
        }
        catch (GrokException) when (request.Predictions is { } path && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            foreach (var part in Directory.EnumerateFiles(folder, $"{Path.GetFileName(path)}.part*")) { File.Delete(part); }
            throw;
        }
    }

    private EvaluationRequest Request(Invocation invocation, string model, string? train, Requirement[] requirements)
    {
        var parsed = invocation.Parsed;
        var options = new EvaluationOptions { PerClass = parsed.GetValue(_perClass), EceBins = parsed.GetValue(_bins) };
        if (Listed(parsed.GetValue(_metrics)) is { Length: > 0 } metrics) { options = options with { Metrics = [.. metrics] }; }
        // What is required is computed.
        var wanted = requirements.SelectMany(requirement => requirement.Metrics)
            .Select(metric => metric switch { Metric.AccuracyGap => "accuracy", Metric.LossGap => "loss", _ => metric })
            .Where(Metric.Names.Contains);
        options = options with { Metrics = [.. options.Metrics.Union(wanted)] };
        if (options.Problems().FirstOrDefault() is { Problem: { } problem } first)
        {
            throw new GrokException(problem, "", $"--{first.Option.Replace('_', '-')}");
        }
        return new EvaluationRequest
        {
            Model = model, Data = "", Options = options, Train = train,
            Groups = parsed.GetValue(_groups), Target = parsed.GetValue(_target),
            Features = Listed(parsed.GetValue(_features)), Operands = Listed(parsed.GetValue(_operands)),
            Predictions = parsed.GetValue(_predictions),
            Batch = Arguments.AtLeast(1, invocation, _batch), Threads = Arguments.AtLeast(0, invocation, _threads),
        };
    }

    private static string[] Listed(string[]? texts) =>
        [.. (texts ?? []).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static void Tell(Invocation invocation, Result[] results, string[] missed)
    {
        foreach (var (path, _, scored) in invocation.Quiet || invocation.Json ? [] : results)
        {
            invocation.Terminal.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {scored.Rows:N0} rows in {scored.Seconds:F2} s, {scored.Rows / scored.Seconds:N0} rows/s, "
                + $"{scored.Threads} thread{(scored.Threads == 1 ? "" : "s")}"));
        }
        foreach (var text in missed) { invocation.Terminal.Error.WriteLine(text); }
    }

    private static JsonObject Document(string model, Result[] results, string[] missed) => new()
    {
        ["model"] = model,
        ["files"] = new JsonArray([.. results.Select(result => (JsonNode)new JsonObject
        {
            ["data"] = result.Path,
            ["rows"] = result.Scored.Rows,
            ["seconds"] = Messages.Number(result.Scored.Seconds),
            ["rows_per_second"] = Messages.Number(Math.Round(result.Scored.Rows / result.Scored.Seconds)),
            ["threads"] = result.Scored.Threads,
        })]),
        ["scores"] = new JsonArray(
            [.. results.SelectMany(result => result.Scored.Scores.Select(score => (JsonNode)Json(result.Path, score)))]),
        ["missed"] = new JsonArray([.. missed.Select(text => (JsonNode)text)]),
    };

    private static JsonObject Json(string path, Score score) => new()
    {
        ["data"] = path,
        ["group"] = score.Group,
        ["metric"] = score.Metric,
        ["value"] = Messages.Number(score.Value.Value),
        ["low"] = Messages.Number(score.Value.Low),
        ["high"] = Messages.Number(score.Value.High),
        ["rows"] = score.Rows,
        ["note"] = score.Note,
    };

    private static string Text(string name, Score score) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-16}  {score.Group,-14}  {score.Metric,-20}  "
        + $"{score.Value.Value,8:F4}  [{score.Value.Low:F4}, {score.Value.High:F4}]  {score.Rows,8:N0} rows  {score.Note}").TrimEnd();
}
