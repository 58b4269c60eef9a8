using System.Globalization;
using System.Runtime.Intrinsics;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Training;

namespace GrokPipeline.Probes.Landscape;

/// <summary>The pseudo tangent kernel of a checkpoint over some rows.</summary>
internal static class TangentKernel
{
    // Numbers per chunk of a dot product: eight chunks of rows lie in the second-level cache; within one, sums are of 16 lanes in float32.
    private const int Chunk = 2048, Tile = 4;
    private const long LargestJacobian = 2L << 30;

    /// <summary>K = J·Jᵀ, shape [rows, rows].</summary>
    public static double[] Of(ProbeContext context, ProbedCheckpoint checkpoint, int[] rows, string probe)
    {
        var (model, compile) = LossSurface.Needs(context, probe);
        CheckSize(rows.Length, model.ParameterCount());
        // One row at a time: a row's own gradient is no sum over rows. The graph is compiled once.
        var forward = model.Build(1);
        var output = forward.Logits.Sum() * (1 / Math.Sqrt(model.Classes));
        ParameterSpec[] trained = [.. model.Parameters.Where(spec => !spec.IsFixed)];
        Value[] places = [.. trained.Select(spec => forward.Parameters.Single(parameter => parameter.Name == spec.Name))];
        var gradients = Gradients.Of(output, places);
        using var session = compile(Graph.Of(
            "row_gradient", [.. forward.Parameters, forward.Input],
            places.Zip(gradients, (p, g) => new GraphOutput($"{p.Name}.result", g))));
        var parameters = trained.Select(spec => new Tensor(spec.Type)).ToArray();
        foreach (var spec in model.Parameters) { session.Write(spec.Name, checkpoint.Parameters[spec.Name]); }
        var (input, jacobian) = (new Tensor(forward.Input.Type), new float[rows.Length][]);
        for (var row = 0; row < rows.Length; row++)
        {
            RowEncoding.Input(model.InputName, context.Rows, context.Facts, [rows[row]], input);
            session.Write(model.InputName, input);
            session.Run();
            var (line, at) = (new float[parameters.Sum(tensor => tensor.Shape.Count)], 0);
            for (var i = 0; i < parameters.Length; i++)
            {
                session.Read($"{trained[i].Name}.result", parameters[i]);
                parameters[i].AsSpan<float>().CopyTo(line.AsSpan(at));
                at += parameters[i].Shape.Count;
            }
            jacobian[row] = line;
        }
        return Gram(jacobian);
    }

    /// <summary>Refuses a Jacobian that is too large.</summary>
    /// <exception cref="GrokException">It takes more than 2 GiB; the message says how much.</exception>
    internal static void CheckSize(long rows, long parameters)
    {
        var bytes = rows * parameters * sizeof(float);
        if (bytes <= LargestJacobian) { return; }
        throw new GrokException(
            string.Create(CultureInfo.InvariantCulture, $"Gradients for {rows} rows of {parameters} parameters take {bytes / (double)(1 << 30):0.0} GiB; ")
            + "the tangent_kernel probe takes 2 GiB at most.",
            string.Create(CultureInfo.InvariantCulture, $"Give max_rows: {LargestJacobian / (parameters * sizeof(float))} or fewer."),
            kind: ProblemKind.Resources);
    }

    /// <summary>
    /// Dot products of all pairs of rows: float32 within a chunk, float64 over chunks, one order for any number of threads.
    /// </summary>
    internal static double[] Gram(float[][] rows)
    {
        var (count, width) = (rows.Length, rows[0].Length);
        var gram = new double[count * count];
        Parallel.For(0, (count + Tile - 1) / Tile, band =>
        {
            var (first, last) = (band * Tile, Math.Min(count, (band + 1) * Tile) - 1);
            // Rows beyond the last stand for it; what they give is not kept.
            float[] a = rows[first], b = rows[Math.Min(first + 1, last)], c = rows[Math.Min(first + 2, last)], d = rows[last];
            var sums = new double[Tile * count];
            for (var start = 0; start < width; start += Chunk)
            {
                var length = Math.Min(Chunk, width - start);
                for (var j = first; j < count; j++)
                {
                    var four = Four(
                        a.AsSpan(start, length), b.AsSpan(start, length), c.AsSpan(start, length), d.AsSpan(start, length),
                        rows[j].AsSpan(start, length));
                    for (var i = 0; i < Tile; i++) { sums[(i * count) + j] += four[i]; }
                }
            }
            for (var i = first; i <= last; i++)
            {
                var line = i == last ? Tile - 1 : i - first;
                for (var j = i; j < count; j++) { gram[(i * count) + j] = gram[(j * count) + i] = sums[(line * count) + j]; }
            }
        });
        return gram;
    }

    // The dot products of four rows with another one, which is read once.
    private static Vector128<float> Four(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d, ReadOnlySpan<float> other)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i + Lanes.Count <= other.Length; i += Lanes.Count)
        {
            var right = Vector512.LoadUnsafe(in other[0], (nuint)i);
            s0 += Vector512.LoadUnsafe(in a[0], (nuint)i) * right;
            s1 += Vector512.LoadUnsafe(in b[0], (nuint)i) * right;
            s2 += Vector512.LoadUnsafe(in c[0], (nuint)i) * right;
            s3 += Vector512.LoadUnsafe(in d[0], (nuint)i) * right;
        }
        float r0 = 0, r1 = 0, r2 = 0, r3 = 0;
        for (; i < other.Length; i++)
        {
            r0 += a[i] * other[i];
            r1 += b[i] * other[i];
            r2 += c[i] * other[i];
            r3 += d[i] * other[i];
        }
        return Vector128.Create(Lanes.Fold(s0) + r0, Lanes.Fold(s1) + r1, Lanes.Fold(s2) + r2, Lanes.Fold(s3) + r3);
    }
}
