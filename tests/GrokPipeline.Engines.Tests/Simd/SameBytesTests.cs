using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>The engine's promise: a result's bytes depend neither on the number of threads nor on the width of the vectors.</summary>
public sealed class SameBytesTests
{
    private const string Result = "GROKPIPELINE_TEST_RESULT";

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_decoder_trains_the_same_on_any_number_of_threads(int threads)
    {
        var step = Steps.Decoder(300);
        Assert.Equal(Steps.Hash(step, 1, 4), Steps.Hash(step, threads, 4));
    }

    [Theory]
    [InlineData(2, Steps.Modulus)]
    [InlineData(3, Steps.Modulus)]
    [InlineData(2, 11)]
    public void A_network_trains_the_same_on_any_number_of_threads(int threads, int modulus)
    {
        var step = Steps.Network(900, modulus);
        Assert.Equal(Steps.Hash(step, 1, 5), Steps.Hash(step, threads, 5));
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 0)]
    public async Task Narrower_vectors_give_the_same_bytes(string setting, int width)
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "This processor has no 512-bit vectors to compare with.");
        var path = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                Environment = { [setting] = "0", [Result] = path },
            };
            // The tests may be a program of their own or be run by the shared host.
            if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            {
                start.ArgumentList.Add(typeof(SameBytesTests).Assembly.Location);
            }
            var method = $"{typeof(SameBytesTests).FullName}.{nameof(Child_writes_its_bytes)}";
            foreach (var argument in (string[])["-explicit", "only", "-method", method])
            {
                start.ArgumentList.Add(argument);
            }
            using var child = Process.Start(start)!;                                     // a new process, not one that was there
            var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(child.ExitCode == 0, output);
            string[] expected = [$"{width}", .. Hashes()];
            Assert.Equal(expected, await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Run by the test above in a process of its own.</summary>
    [Fact(Explicit = true)]
    public void Child_writes_its_bytes()
    {
        var path = Environment.GetEnvironmentVariable(Result);
        Assert.False(path is null, $"{Result} names the file to write.");
        var width = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256
            : Vector128.IsHardwareAccelerated ? 128 : 0;
        File.WriteAllLines(path, [$"{width}", .. Hashes()]);
    }

    // Small: without vector units each lane of a fused multiply-add is a call.
    private static string[] Hashes() =>
        // A decoder that shares nothing and one that shares rows; networks whose scatters are kernels, or run in the loop before them.
        [
            Steps.Hash(Steps.Decoder(21), 2, 2), Steps.Hash(Steps.Decoder(35), 1, 2), Steps.Hash(Steps.Network(65), 1, 3),
            Steps.Hash(Steps.Network(42, modulus: 7), 1, 2), Steps.Hash(Steps.Network(100, modulus: 5), 1, 2),
        ];
}
