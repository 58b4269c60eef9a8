using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Checkpoints;
using GrokPipeline.Runs;
using GrokPipeline.Stages.Tests.Checkpoints;
using GrokPipeline.Stages.Tests.Reports;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Samples;

[Collection(TrainedSumsCollection.Name)]
public sealed class BrowserSampleTests(TrainedSums trained)
{
    [Fact]
    public async Task The_page_answers_in_the_browser_as_onnx_runtime_does_and_asks_nothing_of_others()
    {
        var chromium = Browser.Find();
        Assert.SkipUnless(chromium is not null, "There is no Chromium on the path.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        var site = Directory.CreateTempSubdirectory("grokpipe-page-").FullName;
        try
        {
            using var server = SampleServer.Start(
                "run", "-c", SampleBuild.Configuration, "-p:BuildProjectReferences=false", "samples/browser.cs", "--", trained.Experiment,
                "--out", site, "--runtime", Path.Combine(SecondReader.Fetch(), "node_modules", "onnxruntime-web", "dist"));
            await using var browser = await Browser.StartAsync(chromium, limit.Token);
            await browser.OpenAsync(server.Address.ToString(), limit.Token);
            await Until(browser, "document.documentElement.dataset.ready", "yes", limit.Token);

            await Set(browser, "[name=a]", 9, limit.Token);
            await Set(browser, "[name=b]", 20, limit.Token);
            await Until(browser, "document.documentElement.dataset.asked", "9 20", limit.Token);
            var said = JsonNode.Parse(await browser.EvaluateAsync(
                "JSON.stringify([...document.querySelectorAll('#answers li')].map(item => ({ ...item.dataset })))", limit.Token))!.AsArray();
            AssertAnswers(said, 9, 20);

            await Set(browser, "#at", 0, limit.Token);
            Assert.Equal("0", await browser.EvaluateAsync("document.getElementById('step').textContent", limit.Token));
            Assert.Equal("23", await browser.EvaluateAsync("document.querySelectorAll('#circle text').length", limit.Token));
            await Set(browser, "#at", said.Count - 1, limit.Token);
            Assert.Equal("true", await browser.EvaluateAsync(InOrder, limit.Token));

            await Set(browser, "[name=b]", 23, limit.Token);
            Assert.Equal("Give whole numbers from 0 to 22.", await browser.EvaluateAsync("document.getElementById('answer').textContent", limit.Token));
            Assert.Empty(browser.Complaints);
            Assert.All(browser.Requests.Where(address => !address.StartsWith("data:", StringComparison.Ordinal)), address =>
                Assert.StartsWith(server.Address.ToString(), address));
        }
        finally
        {
            Directory.Delete(site, recursive: true);
        }
    }

    // Numbers follow each other around the circle as turns the frequency: all angles between them are alike, and go one way.
    private const string InOrder = """
        (() => {
          const k = Number(document.getElementById('circle-caption').textContent.match(/frequency (\d+)/)[1]);
          const angle = [...document.querySelectorAll('#circle text')].map(t => Math.atan2(t.getAttribute('y'), t.getAttribute('x')));
          const turns = angle.map((_, n) => (angle[(n + 1) % 23] - angle[n]) / (2 * Math.PI) - k / 23).map(x => x - Math.round(x));
          return turns.every(x => Math.abs(x) < 0.06);
        })()
        """;

    private void AssertAnswers(JsonArray said, long a, long b)
    {
        var run = RunDirectory.Open(trained.Experiment);
        Assert.Equal(run.Steps, said.Select(item => long.Parse((string)item!["step"]!, CultureInfo.InvariantCulture)));
        foreach (var item in said)
        {
            using var model = CheckpointModel.Open(run, $"step:{(string)item!["step"]!}");
            var logits = new float[model.Classes];
            model.Score([a, b], logits);
            Assert.Equal(logits.AsSpan().IndexOf(logits.Max()), int.Parse((string)item["answer"]!, CultureInfo.InvariantCulture));
            var probability = 1 / logits.Sum(logit => Math.Exp(logit - logits.Max()));
            Assert.Equal(probability, double.Parse((string)item["probability"]!, CultureInfo.InvariantCulture), 1e-4);
        }
    }

    private static Task<string> Set(Browser browser, string selector, int value, CancellationToken token) => browser.EvaluateAsync(
        $"(i => {{ i.value = {value}; i.dispatchEvent(new Event('input')); }})(document.querySelector('{selector}'))", token);

    private static async Task Until(Browser browser, string expression, string value, CancellationToken token)
    {
        while (await browser.EvaluateAsync(expression, token) != value)
        {
            Assert.Empty(browser.Complaints);
            await Task.Delay(50, token);
        }
    }
}
