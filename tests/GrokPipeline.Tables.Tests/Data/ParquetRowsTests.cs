using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Data.Clusters;
using GrokPipeline.Data.Generators;
using GrokPipeline.Tables.DuckDb;

namespace GrokPipeline.Tables.Tests.Data;

public sealed class ParquetRowsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("grok-rows-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Columns_of_features_stand_side_by_side_and_texts_are_numbered()
    {
        Write("SELECT * FROM (VALUES (1.5, 7, [0.25, 0.5], 'dog'), (2.5, 8, [1.25, 1.5], 'cat'), (3.5, 9, [2.25, 2.5], 'dog')) "
            + "AS t(p_a, p_b, v, kind)");
        var rows = new ParquetRows(Options(["p_*", "v"], "kind"));
        Assert.Equal([1.5f, 7, 0.25f, 0.5f, 2.5f, 8, 1.25f, 1.5f, 3.5f, 9, 2.25f, 2.5f], rows.All.Vector("x").ToArray());
        Assert.Equal([1, 0, 1], rows.All.Int64("kind").ToArray());
        Assert.Equal((InputKind.Features, 4, 2), (rows.Facts.Kind, rows.Facts.FeatureCount, rows.Facts.Classes));
        Assert.Contains("Values of column kind: 0 = cat, 1 = dog.", rows.Notes);
        Assert.Contains(rows.Notes, note => note.StartsWith("Rows of rows.parquet, SHA-256 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Operands_of_a_file_are_split_and_shifted_as_those_of_a_generator()
    {
        Write("SELECT a, b, (a + b) % 7 AS c FROM range(7) AS x(a), range(7) AS y(b)");
        var tables = DatasetBuilder.Build(Spec(Options([], "c") with { Operands = ["a", "b"] },
            new() { Train = SplitPart.Of(0.5), Validation = SplitPart.Remaining }));
        Assert.Equal((7, 7, 49), (tables.Facts.Classes, tables.Facts.OperandValues, tables.Splits.Values.Sum(table => table.Rows)));
        var train = tables.Splits["train"];
        Assert.All(Enumerable.Range(0, train.Rows),
            row => Assert.Equal((train.Int64("a")[row] + train.Int64("b")[row]) % 7, train.Int64("c")[row]));
    }

    [Fact]
    public void A_split_of_the_file_s_own_is_kept_and_what_it_lacks_is_drawn_from_its_train()
    {
        Write("SELECT i::FLOAT AS f, (i % 2)::BIGINT AS label, CASE WHEN i < 60 THEN 'train' ELSE 'test' END AS part FROM range(100) AS t(i)");
        var options = Options(["f"], "label") with { SplitColumn = "part" };
        var tables = DatasetBuilder.Build(Spec(options,
            new() { Train = new() { Rows = 40 }, Validation = SplitPart.Remaining, Test = SplitPart.FromText("given") }));
        Assert.Equal(Enumerable.Range(60, 40).Select(row => (long)row), tables.Splits["test"].Int64("row").ToArray());
        Assert.Equal(Enumerable.Range(0, 60).Select(row => (long)row),
            tables.Splits["train"].Int64("row").ToArray().Concat(tables.Splits["validation"].Int64("row").ToArray()).Order());
        var problem = Assert.Single(Spec(options, new() { Train = new() { Rows = 40 }, Validation = SplitPart.FromText("given") }).Problems());
        Assert.Equal("split.validation: the dataset gives rows to train, test and none to validation; give { rows: 400 } of train's.",
            $"{problem.Option}: {problem.Problem}");
    }

    [Fact]
    public void Subclasses_of_the_file_can_be_rare_and_more_rows_than_exist_are_refused_with_the_most_there_are()
    {
        Write("SELECT i::FLOAT AS f, (i // 50)::BIGINT AS label, (i // 25)::BIGINT AS kind FROM range(100) AS t(i)");
        DatasetSpec Train(int rows) => Spec(Options(["f"], "label") with { Group = "kind" },
            new() { Train = new() { Rows = rows, ShiftedPerClass = 1, SubclassRate = 0.2 }, Test = new() { Rows = 20 } });
        var tables = DatasetBuilder.Build(Train(48));
        // γ_D/(f·γ_s + γ_r) = 48/2.4 = 20 rows of another subclass, 4 of a rare one.
        Assert.Equal([20, 4, 20, 4], tables.Card.Distributions[0].RowsPerGroup);
        Assert.Equal(0, tables.Card.Distributions[1].InTrain);
        // 25 rows of each: ⌊63/2.4⌋ = 26 is too much, ⌊62/2.4⌋ = 25 is not.
        var error = Assert.Throws<GrokException>(() => DatasetBuilder.Build(Train(70)));
        Assert.Equal("train asks for 29 rows of subclass 0; there are 25.", error.Problem);
        Assert.Equal("Give train at most rows: 62, or this subclass a smaller rate.", error.Remedy);
        Assert.Equal(25, DatasetBuilder.Build(Train(62)).Card.Distributions[0].RowsPerGroup[0]);
    }

    [Fact]
    public void The_hash_of_the_content_is_that_of_the_bytes()
    {
        Write("SELECT 1.0 AS f, 0 AS label FROM range(3)");
        var bytes = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(PathOf("rows.parquet"))));
        var options = Options(["f"], "label");
        Assert.Equal(bytes, options.ContentHash);
        Assert.Equal(3, new ParquetRows(options with { Sha256 = bytes.ToUpperInvariant() }).All.Rows);
        Assert.Contains("was expected", Refused(options with { Sha256 = new('0', 64) }), StringComparison.Ordinal);
        Assert.Null((options with { Path = "other.parquet" }).ContentHash);
    }

    [Theory]
    [InlineData("SELECT 1.0 AS f, 'a' AS label FROM range(2)", "g", "label", "'rows.parquet' has no column 'g'. Did you mean 'f'?")]
    [InlineData("SELECT 1.0 AS f, 'a' AS label FROM range(2)", "p_*", "label", "has no column 'p_*'")]
    [InlineData("SELECT 'x' AS f, 'a' AS label FROM range(2)", "f", "label", "was to be a feature")]
    [InlineData("SELECT 'NaN'::FLOAT AS f, 'a' AS label FROM range(2)", "f", "label", "holds NaN in row 0")]
    [InlineData("SELECT CASE WHEN i = 1 THEN NULL ELSE 2.5 END AS f, 'a' AS label FROM range(2) AS t(i)", "f", "label", "holds NaN in row 1")]
    [InlineData("SELECT 1.0 AS f, -i AS label FROM range(3) AS t(i)", "f", "label", "holds -1 in row 1; a class is a number from 0")]
    [InlineData("SELECT 1.0 AS f, CASE WHEN i = 1 THEN NULL ELSE i END AS label FROM range(3) AS t(i)", "f", "label", "has no value in row 1")]
    [InlineData("SELECT 1.0 AS f, CASE WHEN i = 1 THEN NULL ELSE 'a' END AS label FROM range(3) AS t(i)", "f", "label", "has no value in row 1")]
    [InlineData("SELECT 1.0 AS f, 0.5 AS label FROM range(2)", "f", "label", "was to hold the class")]
    [InlineData("SELECT 1.0 AS f, 'a' AS label", "f", "label", "has 1 rows")]
    [InlineData("SELECT 1.0 AS f, 'a' AS label FROM range(2)", "f", "F", "is named for two purposes")]
    public void What_cannot_be_used_is_refused_with_column_and_row(string sql, string feature, string target, string text)
    {
        Write(sql);
        Assert.Contains(text, Refused(Options([feature], target)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../rows.parquet", "leaves the pipeline file's folder"), InlineData("/rows.parquet", "leaves the pipeline file's folder"),
        InlineData("row.parquet", "There is no file 'row.parquet'. Did you mean 'rows.parquet'?"),
        InlineData("text.parquet", "'text.parquet': The file is no Parquet table that can be read")]
    public void A_path_that_is_no_table_below_the_folder_is_refused(string path, string text)
    {
        Write("SELECT 1.0 AS f, 'a' AS label FROM range(2)");
        File.WriteAllText(PathOf("text.parquet"), "no table");
        Assert.Contains(text, Refused(Options(["f"], "label") with { Path = path }), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_all_told() => Assert.Equal(
        ["path", "sha256", "features", "operand_values", "target", "clusters", "clusters.per_class"],
        new ParquetOptions { Sha256 = "1", OperandValues = -1, Target = "", Group = "g", Clusters = new() { PerClass = 1 } }.Problems()
            .Select(problem => problem.Option));

    [Fact]
    public void Clusters_of_a_file_are_subclasses_that_can_be_rare()
    {
        // Two classes; in each a cloud of 60 rows and one of 40, ten apart.
        Write("SELECT (i % 2 * 100 + (CASE WHEN i // 2 % 5 < 3 THEN 0 ELSE 10 END) + i % 7 / 10.0)::FLOAT AS f, (i % 2)::BIGINT AS label "
            + "FROM range(200) AS t(i)");
        var options = Options(["f"], "label") with { Clusters = new ClusterOptions { PerClass = 2 } };
        var tables = DatasetBuilder.Build(Spec(options,
            new() { Train = new() { Rows = 60, ShiftedPerClass = 1, SubclassRate = 0.5 }, Validation = SplitPart.Remaining }));
        Assert.Equal([20, 10, 20, 10], tables.Card.Distributions[0].RowsPerGroup);
        Assert.Equal([40, 30, 40, 30], tables.Card.Distributions[1].RowsPerGroup);
        Assert.All(Enumerable.Range(0, 60), row =>
        {
            var (x, subclass) = (tables.Splits["train"].Vector("x")[row], tables.Splits["train"].Int64("subclass")[row]);
            Assert.Equal(subclass, ((int)x / 100 * 2) + ((int)x % 100 / 10));
        });
    }

    private static DatasetSpec Spec(ParquetOptions options, SplitSpec split) => new()
    {
        Use = "parquet",
        With = options,
        Split = split,
    };

    private ParquetOptions Options(ImmutableArray<string> features, string target) =>
        (ParquetOptions)new ParquetOptions { Path = "rows.parquet", Features = features, Target = target }.In(_folder.FullName);

    private static string Refused(ParquetOptions options) => Assert.Throws<GrokException>(() => new ParquetRows(options)).Message;

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    // Written by the engine itself, as another program would.
    private void Write(string sql)
    {
        using var session = new DuckDbSession(1, "512MiB");
        session.Execute($"COPY ({sql}) TO {Sql.Text(PathOf("rows.parquet"))} (FORMAT parquet)");
    }
}
