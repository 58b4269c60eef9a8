using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Testing;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>Graphs that nobody thought of, against the reference, and on one thread against three.</summary>
public sealed class RandomGraphTests
{
    [Theory]
    [InlineData(0, 100, 300)]
    [InlineData(1000, 30, 20_000)]
    [InlineData(10_750, 1, 300)]          // the indices of a scatter come from a loop that waits for the loop of its rows
    public void Random_graphs_agree_with_the_reference(int first, int count, int largest) => Check(first, count, largest);

    [Fact(Explicit = true)]
    [Trait("cost", "slow")]
    public void Many_random_graphs_agree_with_the_reference()
    {
        Check(10_000, 1_500, 300);
        Check(20_000, 300, 20_000);
    }

    private static void Check(int first, int count, int largest)
    {
        for (var seed = first; seed < first + count; seed++)
        {
            var random = new RandomGraph((ulong)seed, largest);
            using var reference = new ReferenceEngine(ElementType.Float64).Compile(random.Graph, new CompileOptions());
            using var one = new SimdEngine().Compile(random.Graph, new CompileOptions { Threads = 1 });
            var expected = SessionTensors.RunAndRead(one, random.Graph, random.Tensors);
            using var three = new SimdEngine().Compile(random.Graph, new CompileOptions { Threads = 3 });
            var actual = SessionTensors.RunAndRead(three, random.Graph, random.Tensors);
            foreach (var (name, tensor) in random.Tensors) { reference.Write(name, tensor); }
            reference.Run();
            foreach (var output in random.Graph.Outputs)
            {
                Assert.True(expected[output.Name].Bytes.SequenceEqual(actual[output.Name].Bytes), $"{random.Graph.Name}: '{output.Name}' on 3 threads.");
                try
                {
                    SessionTensors.AssertNear(reference, one, output.Name, output.Value.Type, 1e-4);
                }
                catch (Xunit.Sdk.XunitException difference)
                {
                    Assert.Fail($"{random.Graph.Name}: {difference.Message}\n{GraphText.Of(random.Graph)}");
                }
            }
        }
    }
}
