using System.Globalization;
using System.Text.RegularExpressions;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Docs;

/// <summary>Each network of docs/models.md is read as it stands there, and has the parameters that it says.</summary>
public sealed partial class ModelsPageTests
{
    private const string Header = """
        schema: 1
        name: page
        datasets:
          mod97: { use: modular_arithmetic, with: { op: add, modulus: 97 }, split: { train: 0.5, validation: rest } }
          mod113: { use: modular_arithmetic, with: { op: add, modulus: 113 }, split: { train: 0.3, validation: rest } }
          gaussian:
            use: gaussian_subclasses
            with: { geometry: equidistant, positions: 9, dimensions: 13, mean_distance: 1.0, sigma: 0.15 }
            split: { train: { rows: 400 }, validation: { rows: 400 } }
        defaults: { train: { steps: 100 } }
        experiments:
          network:

        """;

    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, ReadMe.Blocks("yaml", "docs/models.md").Count)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_network_is_built_with_its_number_of_parameters(int block)
    {
        var text = ReadMe.Blocks("yaml", "docs/models.md")[block];
        using var workspace = new SmallWorkspace(
            Header + string.Join('\n', text.Split('\n').Select(line => line.Length == 0 ? line : $"    {line}")) + "\n");
        var file = PipelineFile.Read(workspace.PipelinePath);
        var experiment = file.Experiments.Single();
        var model = ExperimentCheck.MakeModel(
            experiment.Options, new KnownData().FactsOf(file.Datasets.Single(dataset => dataset.Name == experiment.Options.Data).Spec));
        var stated = int.Parse(Count().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(stated == model.ParameterCount(), $"{text}has {model.ParameterCount()} parameters");
        Assert.Equal([3, model.Classes], model.BuildShared(3).Logits.Shape.Extents);
    }

    [Fact]
    public void The_page_has_all_of_them() => Assert.Equal(14, Blocks.Count);

    [GeneratedRegex("# ([0-9]+) parameters")]
    private static partial Regex Count();
}
