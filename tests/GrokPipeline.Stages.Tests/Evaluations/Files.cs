using GrokPipeline.Runs.Scoring;
using GrokPipeline.Tables;
using GrokPipeline.Tables.DuckDb;
using GrokPipeline.Tests.Onnx;

namespace GrokPipeline.Stages.Tests.Evaluations;

/// <summary>A folder with models and tables that no pipeline made.</summary>
public sealed class Files : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("grok-evaluate-");

    public void Dispose() => _folder.Delete(recursive: true);

    public string At(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>A model of another program: y = x·W, with the classes −x₀, x₀ and x₁ − 9, from two features named as it likes.</summary>
    internal string Linear(string name = "linear.onnx", params Wire[] more)
    {
        float[] weights = [-1, 1, 0, 0, 0, 1];
        var raw = new byte[weights.Length * 4];
        Buffer.BlockCopy(weights, 0, raw, 0, raw.Length);
        var bias = new byte[12];
        BitConverter.TryWriteBytes(bias.AsSpan(8), -9f);
        var graph = new Wire().Text(2, "g").Messages(1, [Wire.Node("MatMul", ["x", "w"], "z"), Wire.Node("Add", ["z", "b"], "y"), .. more])
            .Message(5, Wire.Tensor("w", 1, [2, 3], raw)).Message(5, Wire.Tensor("b", 1, [3], bias))
            .Message(11, Wire.Port("x", 1, "n", 2)).Message(12, Wire.Port("y", 1, "n", 3));
        return Write(name, Wire.Model(graph).ToArray());
    }

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    public string Write(string name, Table table)
    {
        SmallWorkspace.Tools.Store.Write(At(name), table);
        return At(name);
    }

    /// <summary>A table as another program writes it: without our metadata, with any type.</summary>
    public string Foreign(string name, string select)
    {
        using var session = new DuckDbSession(1, "512MiB");
        session.Execute($"COPY ({select}) TO '{At(name)}' (FORMAT parquet)");
        return At(name);
    }

    /// <summary>Rows for <see cref="Linear"/>: x₀ from −1 to 1, the label right except in every tenth row.</summary>
    public static Table Rows(int count)
    {
        var (x, labels, groups) = (new float[count * 2], new long[count], new long[count]);
        for (var row = 0; row < count; row++)
        {
            x[row * 2] = (row % 2 == 0 ? -1 : 1) * (1 + (row % 7));
            labels[row] = row % 10 == 9 ? 2 : x[row * 2] < 0 ? 0 : 1;
            groups[row] = row % 10 == 9 ? 1 : 0;
        }
        return Table.Of(ColumnValues.Vector("x", 2, x), ColumnValues.Of("label", labels), ColumnValues.Of("part", groups));
    }

    public static FileScores Score(EvaluationRequest request) => ModelEvaluation.Score(SmallWorkspace.Tools, request);

    internal static GrokException Refused(EvaluationRequest request) => Assert.Throws<GrokException>(() => Score(request));
}
