// Serves what a model answered before it grokked and after, side by side:
//   dotnet run --project samples/web-api -c Release -- models/modular_addition
//   curl 'http://127.0.0.1:5080/predict?a=5&b=95'
using System.Globalization;
using GrokPipeline;
using GrokPipeline.Checkpoints;
using GrokPipeline.Runs;

if (args is not [var folder, ..])
{
    Console.Error.WriteLine("usage: web-api EXPERIMENT [--urls http://127.0.0.1:5080]");
    return 2;
}
try
{
    var run = RunDirectory.Open(folder);
    using var checkpoints = new ServedCheckpoints(run);
    var builder = WebApplication.CreateSlimBuilder(args[1..]);
    builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    if (builder.Configuration["urls"] is null) { builder.WebHost.UseUrls("http://127.0.0.1:5080"); }         // this machine alone
    var app = builder.Build();
    app.MapGet("/checkpoints", () => checkpoints.List());
    app.MapGet("/predict", (HttpRequest request) =>
    {
        try
        {
            return Results.Ok(checkpoints.Predict(request.Query));
        }
        catch (GrokException error)
        {
            return Results.BadRequest(new { error = error.Problem, remedy = error.Remedy });
        }
    });
    app.Run();
    return 0;
}
catch (GrokException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

/// <summary>The first and last of the marked checkpoints, opened once.</summary>
internal sealed class ServedCheckpoints : IDisposable
{
    private readonly RunDirectory _run;
    private readonly List<(string Mark, long Step, CheckpointModel Model)> _models = [];
    private readonly string[] _columns;

    public ServedCheckpoints(RunDirectory run)
    {
        _run = run;
        foreach (var (mark, step) in run.Marks.Where(mark => mark.Mark is "before_grok" or "final"))
        {
            _models.Add((mark, step, CheckpointModel.Open(run, mark)));
        }
        _columns = [.. _models[0].Model.Facts?.Operands ?? []];
        if (_columns.Length == 0) { throw new GrokException("its rows are no operands.", "Serve an experiment on operands.", run.Path); }
    }

    /// <summary>All checkpoints, and which of them answer.</summary>
    public object List() => new
    {
        experiment = _run.Name,
        verdict = _run.Verdict,
        memorization_step = _run.MemorizationStep,
        generalization_step = _run.GeneralizationStep,
        served = _models.Select(served => served.Mark),
        checkpoints = _run.Checkpoints.Select(checkpoint => new { step = checkpoint.Step, marks = checkpoint.Marks, exported = checkpoint.IsExported }),
    };

    /// <summary>What each checkpoint answers, with the probability that it gives to its answer.</summary>
    public object Predict(IQueryCollection query)
    {
        var row = Array.ConvertAll(_columns, column => Number(query, column));
        return new
        {
            operation = _models[0].Model.Facts?.Operation,
            row = _columns.Zip(row).ToDictionary(pair => pair.First, pair => pair.Second),
            answers = _models.Select(served => Answer(served.Mark, served.Step, served.Model, row)).ToArray(),
        };
    }

    public void Dispose()
    {
        foreach (var (_, _, model) in _models) { model.Dispose(); }
    }

    private static object Answer(string mark, long step, CheckpointModel model, long[] row)
    {
        Span<float> logits = new float[model.Classes];
        lock (model) { model.Score(row, logits); }                  // a model serves one call at a time
        var best = 0;
        for (var i = 1; i < logits.Length; i++) { best = logits[i] > logits[best] ? i : best; }
        var total = 0.0;
        foreach (var logit in logits) { total += Math.Exp(logit - logits[best]); }
        return new { mark, step, answer = best, probability = 1 / total };
    }

    private static long Number(IQueryCollection query, string column) =>
        long.TryParse(query[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new GrokException(
            query.ContainsKey(column) ? $"{column} is '{query[column]}', no whole number." : $"{column} is missing.",
            $"Ask for /predict?{column}=5 and the other operands.");
}
