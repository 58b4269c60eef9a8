using System.Globalization;
using GrokPipeline.Reports;
using GrokPipeline.Reports.Sweeps;
using GrokPipeline.Tests.Reports;

namespace GrokPipeline.Stages.Tests.Reports;

public sealed class BrowserTests
{
    [Fact]
    public async Task A_report_opens_offline_in_a_real_browser_without_a_complaint()
    {
        var executable = Browser.Find();
        Assert.SkipUnless(executable is not null, "No Chromium on PATH; on Debian: apt-get install chromium.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        var folder = Directory.CreateTempSubdirectory("grokpipe-report-").FullName;
        try
        {
            var file = Path.Combine(folder, "report.html");
            await File.WriteAllTextAsync(file, ReportWriter.Write(SampleReport.Content()).Html, limit.Token);
            await using var browser = await Browser.StartAsync(executable!, limit.Token);
            await browser.OpenAsync(new Uri(file).AbsoluteUri, limit.Token);

            Assert.Equal("5", await browser.EvaluateAsync("document.querySelectorAll('figure svg').length", limit.Token));
            Assert.Equal("true", await browser.EvaluateAsync(
                "[...document.querySelectorAll('figure svg')].every(s => s.querySelectorAll('path.line, rect').length > 0 && s.getBoundingClientRect().width > 300)", limit.Token));
            Assert.Equal("false", await browser.EvaluateAsync(
                "document.documentElement.scrollWidth > window.innerWidth", limit.Token));      // nothing sticks out sideways
            await HoverAsync(browser, limit.Token);
            Assert.Empty(browser.Complaints);
            Assert.Equal([new Uri(file).AbsoluteUri], browser.Requests.Where(request => !request.StartsWith("data:", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_sweeps_report_opens_offline_in_a_real_browser_without_a_complaint()
    {
        var executable = Browser.Find();
        Assert.SkipUnless(executable is not null, "No Chromium on PATH; on Debian: apt-get install chromium.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        var folder = Directory.CreateTempSubdirectory("grokpipe-sweep-report-").FullName;
        try
        {
            var file = Path.Combine(folder, "report.html");
            await File.WriteAllTextAsync(file, SweepReportWriter.Write(SampleSweep.Grid()).Html, limit.Token);
            await using var browser = await Browser.StartAsync(executable!, limit.Token);
            await browser.OpenAsync(new Uri(file).AbsoluteUri, limit.Token);

            Assert.Equal("6", await browser.EvaluateAsync("document.querySelectorAll('figure svg').length", limit.Token));
            Assert.Equal("true", await browser.EvaluateAsync(                                   // no drawing and no text of it sticks out
                "[...document.querySelectorAll('figure svg')].every(s => [...s.querySelectorAll('text, rect, circle')].every(e => { "
                + "const a = e.getBoundingClientRect(), b = s.getBoundingClientRect(); "
                + "return a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1; }))",
                limit.Token));
            Assert.Equal("false", await browser.EvaluateAsync("document.documentElement.scrollWidth > window.innerWidth", limit.Token));
            Assert.Empty(browser.Complaints);
            Assert.Equal([new Uri(file).AbsoluteUri], browser.Requests.Where(request => !request.StartsWith("data:", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The pointer over the first figure's right half, where both splits are at 1.
    private static async Task HoverAsync(Browser browser, CancellationToken token)
    {
        await browser.EvaluateAsync("document.querySelector('figure svg').scrollIntoView({block: 'center'})", token);
        var place = (await browser.EvaluateAsync(
            "(r => [r.left + 0.97 * r.width, r.top + r.height / 2].join(' '))(document.querySelector('figure svg').getBoundingClientRect())", token))
            .Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        await browser.MoveAsync(place[0], place[1], token);
        var tip = await browser.EvaluateAsync("document.querySelector('figure .tip').textContent", token);
        Assert.Matches("^step [34],\\d\\d\\d\\s+train\\s+1\\.000\\s+validation\\s+1\\.000$", tip);
    }
}
