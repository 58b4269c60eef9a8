using GrokPipeline.Onnx;
using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Onnx;

/// <summary>Changed files: each is read, or refused with a GrokException of kind Integrity; nothing else, and in bounded memory.</summary>
public sealed class FuzzTests
{
    private const int Budget = 32 << 20;

    [Theory]
    [InlineData("transformer", 1)]
    [InlineData("mlp", 2)]
    [InlineData("features", 3)]
    public void A_changed_file_is_read_or_refused(string name, int seed)
    {
        var stream = new Seed((ulong)seed).Derive("fuzz").Stream();
        var file = WithoutWeights(name);
        var refused = 0;
        for (var round = 0; round < 1500; round++)
        {
            var changed = Mutate(file, stream);
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (!IsRead(changed)) { refused++; }
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < Budget, $"Round {round} allocated more than {Budget} bytes.");
        }
        Assert.InRange(refused, 300, 1499);
    }

    // Most bytes of a model are weights, where a change is another weight: small ones, so that changes meet the structure.
    private static byte[] WithoutWeights(string name)
    {
        var model = OnnxReader.Read(ExportModels.File(name), 3);
        var large = OnnxReader.Read(ExportModels.File(name), 5);
        return OnnxWriter.Write(
            model.Graph, large.Graph,
            model.Initializers.Where(pair => pair.Value.Bytes.Length < 200).ToDictionary(StringComparer.Ordinal), ExportModels.Metadata);
    }

    private static bool IsRead(byte[] file)
    {
        try
        {
            OnnxReader.Read(file, 2);
            OnnxReader.Signature(file);
            _ = OnnxCheck.Problems(file);
            return true;
        }
        catch (GrokException e) when (e.Kind == ProblemKind.Integrity)
        {
            return false;
        }
    }

    private static byte[] Mutate(byte[] file, RandomStream stream)
    {
        var changed = file.ToList();
        for (var count = 1 + stream.NextBelow(3); count > 0; count--)
        {
            var place = (int)stream.NextBelow(changed.Count);
            switch (stream.NextBelow(5))
            {
                case 0: changed[place] ^= (byte)(1 << (int)stream.NextBelow(8)); break;
                case 1: changed[place] = (byte)stream.NextBelow(256); break;
                case 2: changed.RemoveRange(place, (int)Math.Min(1 + stream.NextBelow(16), changed.Count - place)); break;
                case 3: changed.Insert(place, (byte)stream.NextBelow(256)); break;
                default:
                    var length = (int)Math.Min(1 + stream.NextBelow(64), file.Length - 1);
                    changed.InsertRange(place, file.AsSpan((int)stream.NextBelow(file.Length - length), length).ToArray());
                    break;
            }
            if (changed.Count == 0) { changed.Add(0); }
        }
        return [.. changed];
    }
}
