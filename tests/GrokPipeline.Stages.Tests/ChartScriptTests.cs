using System.Reflection;

namespace GrokPipeline.Stages.Tests;

public sealed class ChartScriptTests
{
    [Theory]
    [InlineData("uPlot.js", "var uPlot=")]
    [InlineData("uPlot.css", ".uplot")]
    public void The_chart_library_is_part_of_the_reports_assembly(string resource, string part)
    {
        using var stream = Assembly.Load("GrokPipeline.Reports").GetManifestResourceStream(resource);
        Assert.NotNull(stream);
        using var reader = new StreamReader(stream);
        Assert.Contains(part, reader.ReadToEnd(), StringComparison.Ordinal);
    }
}
