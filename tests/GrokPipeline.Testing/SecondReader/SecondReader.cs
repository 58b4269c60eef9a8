using System.Security.Cryptography;
using System.Text.Json;

namespace GrokPipeline.Testing;

/// <summary>One input of a batch, as JSON has it. Other than a <see cref="Tensor"/> it may have no rows.</summary>
/// <param name="Type"><c>int64</c> or <c>float32</c>.</param>
/// <param name="Dims">The extents.</param>
/// <param name="Data">The elements, row-major.</param>
public sealed record SecondReaderTensor(string Type, int[] Dims, double[] Data)
{
    public static SecondReaderTensor Of(Tensor tensor) => tensor.Type.Element == ElementType.Int64
        ? new("int64", [.. tensor.Shape.Extents], [.. tensor.AsSpan<long>().ToArray().Select(number => (double)number)])
        : new("float32", [.. tensor.Shape.Extents], [.. tensor.AsSpan<float>().ToArray().Select(number => (double)number)]);
}

/// <summary>
/// ONNX Runtime's WebAssembly build under Node: another compiler, another allocator and another binding than the library in the
/// program. Fetched once by npm (33 MB, by the lock file beside this one) into artifacts/; where there is no npm or no way to the
/// registry, the test is skipped with that reason.
/// </summary>
public static class SecondReader
{
    private static readonly string[] NoNetwork = ["ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ENOTCACHED"];

    // Everything that the folder is made of, and is named after.
    private static readonly string[] Sources = ["package.json", "package-lock.json", "read.mjs"];

    private static readonly Lock Installing = new();

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Opens a file and runs batches through it: for each batch its outputs by name.</summary>
    public static List<Dictionary<string, SecondReaderTensor>> Run(
        byte[] model, IReadOnlyList<Dictionary<string, SecondReaderTensor>> batches)
    {
        var folder = Fetch();
        var work = Directory.CreateTempSubdirectory("grokpipeline-second-reader-");
        try
        {
            var (file, requests) = (Path.Combine(work.FullName, "model.onnx"), Path.Combine(work.FullName, "batches.json"));
            File.WriteAllBytes(file, model);
            File.WriteAllText(requests, JsonSerializer.Serialize(batches, Json));
            var (code, output, error) = Programs.Run(folder, "node", null, "read.mjs", file, requests);
            Assert.True(code == 0, $"The second reader failed: {error}");
            return JsonSerializer.Deserialize<List<Dictionary<string, SecondReaderTensor>>>(output, Json)!;    // the text is a list
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>The folder in which npm laid the runtime, below <c>node_modules/onnxruntime-web</c>.</summary>
    /// <remarks>
    /// It is complete if it is there. Test classes of one process wait for each other; of two processes the second leaves the first one's
    /// in place.
    /// </remarks>
    public static string Fetch()
    {
        var source = Path.Combine(Repository.Root, "tests", "GrokPipeline.Testing", "SecondReader");
        byte[] content = [.. Sources.SelectMany(name => File.ReadAllBytes(Path.Combine(source, name)))];
        var folder = Path.Combine(
            Repository.Root, "artifacts", "npm", $"second-reader-{Convert.ToHexStringLower(SHA256.HashData(content))[..12]}");
        lock (Installing)
        {
            if (!Directory.Exists(folder)) { Install(source, folder); }
        }
        return folder;
    }

    private static void Install(string source, string folder)
    {
        var incoming = $"{folder}-{Environment.ProcessId}";
        Directory.CreateDirectory(incoming);
        foreach (var name in Sources)
        {
            File.Copy(Path.Combine(source, name), Path.Combine(incoming, name), overwrite: true);
        }
        var (code, _, error) = Programs.Run(
            incoming, OperatingSystem.IsWindows() ? "npm.cmd" : "npm", null, "ci", "--ignore-scripts", "--no-audit", "--no-fund",
            "--loglevel=error");
        if (code != 0) { Directory.Delete(incoming, recursive: true); }
        Assert.SkipWhen(
            code != 0 && NoNetwork.Any(text => error.Contains(text, StringComparison.Ordinal)), "npm does not reach its registry.");
        Assert.True(code == 0, $"npm ci failed: {error}");
        try
        {
            Directory.Move(incoming, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(incoming, recursive: true);
        }
    }
}
