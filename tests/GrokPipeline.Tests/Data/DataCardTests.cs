using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class DataCardTests
{
    [Fact]
    public void The_card_counts_what_the_tables_hold()
    {
        var tables = DatasetBuilder.Build(Specs.DefaultModular());
        Assert.Equal(["train", "validation", "band", "swapped", "skewed", "noisy"], tables.Card.Distributions.Select(card => card.Name));
        foreach (var (name, table) in tables.Splits.Concat(tables.Shifts))
        {
            var card = tables.Distribution(name);
            Assert.Equal((table.Rows, table.Rows), (card.Rows, card.RowsPerClass.Sum()));
            Assert.Equal(ContentHash.Of(table), card.ContentHash);
            Assert.Equal(name is "train" ? table.Rows : 0, card.InTrain);
            Assert.Equal(tables.Facts, DatasetFacts.Of(table.Metadata));
            Assert.Equal((name, "0", "op: add, modulus: 97"),
                (table.Metadata["grokpipeline.distribution"], table.Metadata["grokpipeline.seed"], table.Metadata["grokpipeline.options"]));
        }
        Assert.Contains("OUR CHOICE", tables.Card.Notes[0], StringComparison.Ordinal);
        Assert.StartsWith("Covariate shift: all rows with (a - b) % 97 < 10", tables.Distribution("band").Description,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_card_comes_back_from_its_json()
    {
        var json = DatasetBuilder.Build(Specs.Gaussian(Geometry.Equivariant, 200, 3, 0.0, 400, 0, Specs.Wide())).Card.ToJson();
        Assert.Equal(json, DataCard.FromJson(json).ToJson());
        Assert.Contains("\"name\": \"mean_distance\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\\u", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""), InlineData("null"), InlineData("[]"), InlineData("{}"), InlineData("{\"schema\": 1}"),
        InlineData("{\"schema\": 1, \"schema\": 1}")]
    public void Json_that_is_no_card_is_an_integrity_error(string json) =>
        Assert.Equal(ProblemKind.Integrity, Assert.Throws<GrokException>(() => DataCard.FromJson(json, "dataset.json")).Kind);

    [Fact]
    public void A_card_of_a_newer_form_is_refused()
    {
        var json = DatasetBuilder.Build(Specs.Modular(7)).Card.ToJson().Replace("\"schema\": 1", "\"schema\": 2", StringComparison.Ordinal);
        Assert.Contains("newer form", Assert.Throws<GrokException>(() => DataCard.FromJson(json)).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null"), InlineData("{}"), InlineData("{\"classes\": 0}"), InlineData("{\"kind\": \"Pixels\"}"), InlineData("x")]
    public void Json_that_holds_no_facts_is_an_integrity_error(string json) =>
        Assert.Equal(ProblemKind.Integrity, Assert.Throws<GrokException>(() => DatasetFacts.FromJson(json)).Kind);

    [Fact]
    public void All_problems_of_a_specification_are_in_the_error()
    {
        var error = Assert.Throws<GrokException>(() => DatasetBuilder.Build(Specs.Modular(96, "ad")));
        Assert.Contains("with.modulus: modulus is 96", error.Problem, StringComparison.Ordinal);
        Assert.Contains("with.op: There is no operation named 'ad'", error.Problem, StringComparison.Ordinal);
        Assert.Equal("use", (Specs.Modular() with { Use = "modular" }).OnlyProblem().Option);
        Assert.Equal("with", (Specs.Modular() with { With = new GaussianSubclassesOptions() }).OnlyProblem().Option);
    }

    /// <summary>The default pipeline's datasets. They change only with a stated reason: every result changes with them.</summary>
    [Theory]
    [InlineData("modular_addition",
        "train 1482ca6c6782, validation 330d0e792f9d, band 8fba0ebf90d4, swapped 77df1e80981c, skewed 01b5e704d32c, noisy 525c5daadf23")]
    [InlineData("equidistant", "train 200a204c9bf2, validation e401263876e8, test ec65c4b6c4a2, shifted 36da8fc29ba6, wide aa62ab2b1abf")]
    [InlineData("equivariant", "train eff6573f0317, validation b1e493ccb3aa, test faaac6d3e60f, shifted ba3fee3fa2c5, wide 662a418cdd6a")]
    public void The_default_datasets_are_the_same_everywhere(string name, string expected)
    {
        var spec = name switch
        {
            "modular_addition" => Specs.DefaultModular(),
            "equidistant" => Specs.Gaussian(validation: 4000, shifts: [Specs.Shifted(), Specs.Wide()]),
            _ => Specs.Gaussian(Geometry.Equivariant, 200, 3, 0.0, 4000, 0, Specs.Shifted(), Specs.Wide()),
        };
        var hashes = DatasetBuilder.Build(spec).Card.Distributions.Select(card => $"{card.Name} {card.ContentHash[..12]}");
        Assert.True(expected == string.Join(", ", hashes), string.Join(", ", hashes));
    }
}
