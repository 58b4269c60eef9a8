using GrokPipeline.Stages.Evaluations;
using GrokPipeline.Tables;
using GrokPipeline.Tests.Onnx;

namespace GrokPipeline.Stages.Tests.Evaluations;

/// <summary>Tables and models that do not fit, are broken, or made to harm: errors that name file, column and what was expected.</summary>
public sealed class BadInputTests(Files files) : IClassFixture<Files>
{
    private EvaluationRequest Sound => new()
    {
        Model = files.Linear(), Data = files.Write("sound.parquet", Files.Rows(20)), Features = ["x"], Target = "label",
    };

    public static TheoryData<string, string> Tables => new()
    {
        { "no label", "has no column 'label'. Did you mean 'labels'?" },
        { "label of text", "the column 'label' is Text; Int64 is expected, all cells given." },
        { "label missing in a row", "the column 'label' is Float64; Int64 is expected, all cells given." },
        { "no features", "has no column 'x'." },
        { "features of text", "the column 'x' is Text; Vector is expected, all cells given." },
        { "features of another width", "its input is x: Float32[n, 2]; column 'x' of" },
        { "not a number", "column 'x' holds NaN in row 7; finite numbers are needed." },
        { "infinite", "column 'x' holds Infinity in row 7; finite numbers are needed." },
        { "label outside", "Column label holds -1; it was expected to be 0 to 2." },
        { "no rows", "has no rows." },
        { "group of text", "the column 'part' is Text; Int64 is expected, all cells given." },
        { "no group", "has no column 'part'." },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_table_that_does_not_fit_is_refused_with_the_column(string what, string expected)
    {
        var rows = Files.Rows(20);
        var labels = rows.Int64("label").ToArray();
        var x = rows.Vector("x").ToArray();
        if (what is "not a number" or "infinite") { x[15] = what == "infinite" ? float.PositiveInfinity : float.NaN; }
        var label = what == "label outside" ? ColumnValues.Of("label", [-1L, .. labels[1..]]) : ColumnValues.Of("label", labels);
        var table = what switch
        {
            "no label" => Table.Of(ColumnValues.Vector("x", 2, x), ColumnValues.Of("labels", labels)),
            "label of text" => rows.With(ColumnValues.Of("label", (string?[])[.. labels.Select(_ => "0")])),
            "label missing in a row" => rows.With(ColumnValues.Of("label", [double.NaN, .. labels.Skip(1).Select(l => (double)l)])),
            "no features" => Table.Of(label),
            "features of text" => Table.Of(ColumnValues.Of("x", new string?[20]), label),
            "features of another width" => Table.Of(ColumnValues.Vector("x", 4, [.. x, .. x]), label),
            "no rows" => Table.Of(ColumnValues.Vector("x", 2, []), ColumnValues.Of("label", Array.Empty<long>())),
            "group of text" => rows.With(ColumnValues.Of("part", new string?[20])),
            _ => Table.Of(ColumnValues.Vector("x", 2, x), label),
        };
        var path = files.Write($"{what}.parquet", table);
        var error = Files.Refused(Sound with { Data = path, Groups = what.Contains("group", StringComparison.Ordinal) ? "part" : null });
        Assert.Contains(expected, error.Problem, StringComparison.Ordinal);
        Assert.Equal(what == "features of another width" ? Sound.Model : path, error.Where);
    }

    [Fact]
    public void Without_a_word_about_columns_they_are_asked_for()
    {
        var error = Files.Refused(Sound with { Features = [], Target = null });
        Assert.Contains("neither the table nor the model says which columns", error.Problem, StringComparison.Ordinal);
        Assert.Contains(
            "--features COLUMN --target COLUMN. Its columns are x: Vector[2], label: Int64", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("noise.parquet")]
    [InlineData("cut.parquet")]
    public void A_broken_table_is_an_integrity_error(string name)
    {
        var bytes = name == "noise.parquet" ? "no table at all"u8.ToArray() : File.ReadAllBytes(Sound.Data)[..300];
        var error = Files.Refused(Sound with { Data = files.Write(name, bytes) });
        Assert.Equal((ProblemKind.Integrity, files.At(name)), (error.Kind, error.Where));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("unknown domain")]
    [InlineData("unknown operator")]
    [InlineData("huge constant")]
    [InlineData("huge at run time")]
    public void A_hostile_model_is_refused_with_its_path(string what)
    {
        var raw = new byte[16];
        BitConverter.TryWriteBytes(raw, 1L << 40);
        BitConverter.TryWriteBytes(raw.AsSpan(8), 1L << 20);
        var shape = Wire.Tensor("shape", 7, [2], raw);
        var path = what switch
        {
            "cut" => files.Write("cut.onnx", File.ReadAllBytes(Sound.Model)[..80]),
            "unknown domain" => files.Linear("domain.onnx", Wire.Node("MatMul", ["x", "w"], "u").Text(7, "com.example.evil")),
            "unknown operator" => files.Linear("operator.onnx", Wire.Node("Conjure", ["x"], "u")),
            // A constant of 2⁶⁰ bytes that the optimizer would fold, and one that must be made in every run.
            "huge constant" => files.Linear(
                "constant.onnx", Wire.Node("Constant", [], "s", new Wire().Text(1, "value").Message(5, shape).Int(20, 4)),
                Wire.Node("ConstantOfShape", ["s"], "u"), Wire.Node("ReduceSum", ["u"], "v")),
            _ => Huge(raw),
        };
        var error = Files.Refused(Sound with { Model = path });
        Assert.True(
            error.Where == path || error.Problem.Contains("ONNX Runtime failed", StringComparison.Ordinal), error.Message);
    }

    [Theory]
    [InlineData("secret.bin")]
    [InlineData("../secret.bin")]
    [InlineData("/etc/passwd")]
    public void Data_outside_the_model_file_is_never_read(string location)
    {
        files.Write("secret.bin", new byte[24]);
        var outside = new Wire().Int(1, 2).Int(1, 3).Int(2, 1).Text(8, "w").Int(14, 1)
            .Message(13, new Wire().Text(1, "location").Text(2, location));
        Wire Body(params Wire[] nodes) => new Wire().Text(2, "g").Messages(1, nodes)
            .Message(11, Wire.Port("x", 1, "n", 2)).Message(12, Wire.Port("y", 1, "n", 3));
        var initializer = Wire.Model(Body(Wire.Node("MatMul", ["x", "w"], "y")).Message(5, outside));
        var constant = Wire.Model(Body(
            Wire.Node("Constant", [], "w", new Wire().Text(1, "value").Message(5, outside).Int(20, 4)),
            Wire.Node("MatMul", ["x", "w"], "y")));
        foreach (var model in (Wire[])[initializer, constant])
        {
            var error = Files.Refused(Sound with { Model = files.Write("outside.onnx", model.ToArray()) });
            Assert.Equal(ProblemKind.Integrity, error.Kind);
            Assert.StartsWith(files.At("outside.onnx"), error.Where, StringComparison.Ordinal);
            Assert.Contains("The tensor 'w' keeps its data outside the file.", error.Problem, StringComparison.Ordinal);
        }
    }

    // The output depends on a tensor of 2⁶⁰ elements whose shape comes from the file.
    private string Huge(byte[] raw)
    {
        var graph = new Wire().Text(2, "g").Messages(1,
            [
                Wire.Node("ReduceSum", ["x"], "s"), Wire.Node("Expand", ["s", "shape"], "huge"), Wire.Node("ReduceSum", ["huge"], "t"),
                Wire.Node("MatMul", ["x", "w"], "z"), Wire.Node("Add", ["z", "t"], "y"),
            ])
            .Message(5, Wire.Tensor("shape", 7, [2], raw)).Message(5, Wire.Tensor("w", 1, [2, 3], new byte[24]))
            .Message(11, Wire.Port("x", 1, "n", 2)).Message(12, Wire.Port("y", 1, "n", 3));
        return files.Write("huge.onnx", Wire.Model(graph).ToArray());
    }
}
