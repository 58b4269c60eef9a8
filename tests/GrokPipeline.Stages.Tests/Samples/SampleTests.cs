using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using GrokPipeline.Checkpoints;
using GrokPipeline.Runs;
using GrokPipeline.Stages.Tests.Checkpoints;
using GrokPipeline.Tables.DuckDb;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Samples;

/// <summary>Each sample is run as a user runs it, on a trained experiment.</summary>
[Collection(TrainedSumsCollection.Name)]
public sealed class SampleTests(TrainedSums trained)
{
    private const int Modulus = 23;

    [Fact]
    public void The_console_app_needs_nothing_but_an_exported_file()
    {
        var run = RunDirectory.Open(trained.Experiment);
        Assert.StartsWith("5, 21 -> 3 (probability 0.9", Built("console", "console-sample", run.OnnxPath("final"), "5", "21"));
        var answer = Programs.Run(Repository.Root, "dotnet", null, Program("console", "console-sample"), run.OnnxPath("final"), "5");
        Assert.Equal((1, "The input 'operands' takes 2 numbers; 1 were given.\n"), (answer.Code, answer.Error));
    }

    [Fact]
    public async Task The_web_api_answers_with_the_checkpoints_side_by_side()
    {
        using var server = SampleServer.Start(Program("web-api", "web-api-sample"), trained.Experiment);
        using var client = new HttpClient { BaseAddress = server.Address };
        var token = TestContext.Current.CancellationToken;

        var listed = JsonNode.Parse(await client.GetStringAsync(new Uri("/checkpoints", UriKind.Relative), token))!;
        Assert.Equal(("sums", "grokked", 290), ((string?)listed["experiment"], (string?)listed["verdict"], (int?)listed["generalization_step"]));
        Assert.Equal(["before_grok", "final"], listed["served"]!.AsArray().Select(mark => (string?)mark));

        var answer = JsonNode.Parse(await client.GetStringAsync(new Uri("/predict?a=5&b=7", UriKind.Relative), token))!;
        foreach (var served in answer["answers"]!.AsArray())
        {
            var (best, probability) = Expected((string)served!["mark"]!, 5, 7);
            Assert.Equal(best, (int)served["answer"]!);
            Assert.Equal(probability, (double)served["probability"]!, 1e-6);
        }
        Assert.Equal(12, (int)answer["answers"]![1]!["answer"]!);
        await AssertRefused("/predict?a=5", "b is missing.");
        await AssertRefused("/predict?a=5&b=x", "b is 'x', no whole number.");
        await AssertRefused("/predict?a=5&b=23", "An operand is 23 (row 0).");

        async Task AssertRefused(string request, string reason)
        {
            using var response = await client.GetAsync(new Uri(request, UriKind.Relative), token);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal(reason, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(token))!["error"]);
        }
    }

    [Fact]
    public void The_script_that_predicts_shows_every_mark()
    {
        var lines = Script("predict.cs", trained.Experiment, "5", "7").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("sums: grokked, generalized at step 290", lines[0]);
        Assert.Equal(["before_grok", "at_grok", "after_grok", "final"], lines[1..].Select(line => line.Trim().Split(' ')[0]));
        foreach (var (line, mark) in lines[1..].Zip((string[])["before_grok", "at_grok", "after_grok", "final"]))
        {
            Assert.Contains($"a + b (mod 23): 5, 7 -> {Expected(mark, 5, 7).Best}  (", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_script_that_looks_into_weights_names_the_strongest_frequencies()
    {
        var lines = Script("probe.cs", trained.Experiment).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Contains("step   500  hidden.0.weight: k=5 ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_script_that_sweeps_finds_that_more_rows_generalize_sooner()
    {
        var lines = Script("sweep-from-code.cs").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        var steps = lines.Select(line => line.Split("step ")[1].Split(", ")
            .Select(step => step == "never" ? double.PositiveInfinity : double.Parse(step, CultureInfo.InvariantCulture)).Order().ElementAt(1)).ToArray();
        Assert.True(steps[0] > steps[1] && steps[1] > steps[2], string.Join('\n', lines));
    }

    [Fact]
    public void The_script_with_a_dataset_of_its_own_learns_it()
    {
        var lines = Script("custom-dataset.cs").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("step    0  train 0.0", lines[0]);
        Assert.InRange(double.Parse(lines[^1].Split(' ')[^1], CultureInfo.InvariantCulture), 0.99, 1);
    }

    [Fact]
    public void The_queries_run_on_the_results()
    {
        var queries = File.ReadAllText(Repository.At("samples/queries.sql")).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.NotEmpty(queries);
        foreach (var query in queries)
        {
            var sql = string.Join('\n', query.Split('\n').Where(line => !line.StartsWith("--", StringComparison.Ordinal)));
            var table = new DuckDbStore().Query(sql, Artefacts.Views(trained.Root), [trained.Root]);
            Assert.True(table.Rows > 0, sql);
        }
    }

    [Fact]
    public void Python_reads_the_same_numbers()
    {
        var run = RunDirectory.Open(trained.Experiment);
        var file = Path.Combine(run.CheckpointPath("final"), "model.safetensors");
        using var weights = run.OpenWeights("final");
        var first = weights.Read<float>("hidden.0.weight")[0];
        var printed = Programs.Output(Repository.Root, "python3", null, "samples/python/load_safetensors.py", file);
        Assert.Contains("hidden.0.weight [46, 128] F32", printed, StringComparison.Ordinal);
        Assert.Contains(((double)first).ToString("R", CultureInfo.InvariantCulture), printed, StringComparison.Ordinal);
    }

    private (int Best, double Probability) Expected(string mark, long a, long b)
    {
        using var model = CheckpointModel.Open(RunDirectory.Open(trained.Experiment), mark);
        var logits = new float[Modulus];
        model.Score([a, b], logits);
        return (logits.AsSpan().IndexOf(logits.Max()), 1 / logits.Sum(logit => Math.Exp(logit - logits.Max())));
    }

    // As the page of samples says, but for the libraries, which were built with the tests.
    private static string Script(string name, params IEnumerable<string> arguments) => Programs.Output(
        Repository.Root, "dotnet", null,
        ["run", "-c", SampleBuild.Configuration, "-p:BuildProjectReferences=false", $"samples/{name}", "--", .. arguments]);

    private static string Built(string folder, string name, params IEnumerable<string> arguments) =>
        Programs.Output(Repository.Root, "dotnet", null, [Program(folder, name), .. arguments]);

    private static string Program(string folder, string name) => SampleBuild.Program(folder, name);
}
