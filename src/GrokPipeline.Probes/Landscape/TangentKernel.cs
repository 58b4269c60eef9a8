using System.Runtime.Intrinsics;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Probes.Landscape;

/// <summary>The pseudo tangent kernel of a checkpoint over some rows.</summary>
internal static class TangentKernel
{
    // Numbers per chunk of a dot product: eight chunks of rows lie in the second-level cache; within one, sums are of 16 lanes in float32.
    private const int Chunk = 2048, Tile = 4;

    /// <summary>K = J·Jᵀ, shape [rows, rows].</summary>
    public static double[] Of(ProbeContext context, ProbedCheckpoint checkpoint, int[] rows, string probe)
    {
        if (context.Model is not { } model || context.Compile is not { } compile)
        {
            throw new GrokException(
                $"The {probe} probe needs gradients, and only an ONNX file is at hand.", "Probe a checkpoint of a run: grokpipe probe EXPERIMENT:MARK");
        }
        // One row at a time: a row's own gradient is no sum over rows. The graph is compiled once.
        var forward = model.Build(1);
        var output = forward.Logits.Sum() * (1 / Math.Sqrt(model.Classes));
        var gradients = Gradients.Of(output, forward.Parameters);
        using var session = compile(Graph.Of(
            "row_gradient", [.. forward.Parameters, forward.Input],
            forward.Parameters.Zip(gradients, (p, g) => new GraphOutput($"{p.Name}.result", g))));
        var parameters = model.Parameters.Select(spec => new Tensor(spec.Type)).ToArray();
        for (var i = 0; i < parameters.Length; i++)
        {
            session.Write(model.Parameters[i].Name, checkpoint.Parameters[model.Parameters[i].Name]);
        }
        var (input, jacobian) = (new Tensor(forward.Input.Type), new float[rows.Length][]);
        for (var row = 0; row < rows.Length; row++)
        {
            RowEncoding.Input(model.InputName, context.Rows, context.Facts, [rows[row]], input);
            session.Write(model.InputName, input);
            session.Run();
            var (line, at) = (new float[parameters.Sum(tensor => tensor.Shape.Count)], 0);
            for (var i = 0; i < parameters.Length; i++)
            {
                session.Read($"{model.Parameters[i].Name}.result", parameters[i]);
                parameters[i].AsSpan<float>().CopyTo(line.AsSpan(at));
                at += parameters[i].Shape.Count;
            }
            jacobian[row] = line;
        }
        return Gram(jacobian);
    }

    /// <summary>Dot products of all pairs of rows: float32 within a chunk, float64 over chunks, one order for any number of threads.</summary>
    internal static double[] Gram(float[][] rows)
    {
        var (count, width) = (rows.Length, rows[0].Length);
        var gram = new double[count * count];
        Parallel.For(0, (count + Tile - 1) / Tile, band =>
        {
            var sums = new double[Tile * count];
            for (var start = 0; start < width; start += Chunk)
            {
                var length = Math.Min(Chunk, width - start);
                for (var j = 0; j < count; j++)
                {
                    for (var i = band * Tile; i < Math.Min(count, (band + 1) * Tile) && i <= j; i++)
                    {
                        sums[((i % Tile) * count) + j] += Product(rows[i].AsSpan(start, length), rows[j].AsSpan(start, length));
                    }
                }
            }
            for (var i = band * Tile; i < Math.Min(count, (band + 1) * Tile); i++)
            {
                for (var j = i; j < count; j++) { gram[(i * count) + j] = gram[(j * count) + i] = sums[((i % Tile) * count) + j]; }
            }
        });
        return gram;
    }

    private static float Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; a.Length >= 4 * Lanes.Count; a = a[(4 * Lanes.Count)..], b = b[(4 * Lanes.Count)..])
        {
            s0 += Vector512.Create(a) * Vector512.Create(b);
            s1 += Vector512.Create(a[Lanes.Count..]) * Vector512.Create(b[Lanes.Count..]);
            s2 += Vector512.Create(a[(2 * Lanes.Count)..]) * Vector512.Create(b[(2 * Lanes.Count)..]);
            s3 += Vector512.Create(a[(3 * Lanes.Count)..]) * Vector512.Create(b[(3 * Lanes.Count)..]);
        }
        float rest = 0;
        for (var i = 0; i < a.Length; i++) { rest += a[i] * b[i]; }
        return Lanes.Fold((s0 + s1) + (s2 + s3)) + rest;
    }
}
