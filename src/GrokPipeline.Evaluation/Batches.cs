using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>Runs a model over a table in batches, so that memory does not grow with the rows.</summary>
public static class Batches
{
    /// <summary>One output for all rows.</summary>
    /// <param name="model">A session whose batch axis is free.</param>
    /// <param name="input">The data input's name.</param>
    /// <param name="output">The output's name: logits, or an activation.</param>
    /// <param name="table">The rows.</param>
    /// <param name="facts">What the columns mean.</param>
    /// <param name="row">The output's shape without the batch axis: <c>[classes]</c>, <c>[positions, width]</c>.</param>
    /// <param name="batch">Rows per call.</param>
    /// <returns>Row-major, the batch axis first.</returns>
    public static float[] Run(
        ISession model, string input, string output, Table table, DatasetFacts facts, TensorShape row, int batch = 1024) =>
        Run(model, input, [(output, row)], table, facts, batch)[0];

    /// <summary>Several outputs for all rows, each batch run once.</summary>
    /// <param name="model">A session whose batch axis is free.</param>
    /// <param name="input">The data input's name.</param>
    /// <param name="outputs">Names of outputs, each with its shape without the batch axis.</param>
    /// <param name="table">The rows.</param>
    /// <param name="facts">What the columns mean.</param>
    /// <param name="batch">Rows per call.</param>
    /// <returns>For each output its numbers, row-major, the batch axis first.</returns>
    public static float[][] Run(
        ISession model, string input, IReadOnlyList<(string Name, TensorShape Row)> outputs, Table table, DatasetFacts facts, int batch = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var results = outputs.Select(output => new float[checked(table.Rows * output.Row.Count)]).ToArray();
        if (table.Rows == 0) { return results; }
        var all = RowEncoding.Input(input, table, facts);
        var rowBytes = all.Bytes.Length / table.Rows;
        Tensor? given = null;
        var taken = new Tensor[outputs.Count];
        for (var start = 0; start < table.Rows; start += batch)
        {
            var rows = Math.Min(batch, table.Rows - start);
            if (given is null || given.Shape[0] != rows)
            {
                given = new Tensor(new(all.Type.Element, all.Shape.With(0, rows)));
                taken = [.. outputs.Select(output => new Tensor(TensorType.Float32([rows, .. output.Row.Extents])))];
            }
            all.Bytes.Slice(start * rowBytes, rows * rowBytes).CopyTo(given.Bytes);
            model.Write(input, given);
            model.Run();
            for (var i = 0; i < taken.Length; i++)
            {
                model.Read(outputs[i].Name, taken[i]);
                taken[i].AsSpan<float>().CopyTo(results[i].AsSpan(start * outputs[i].Row.Count));
            }
        }
        return results;
    }
}
