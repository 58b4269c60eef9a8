#!/usr/bin/env dotnet
#:project ../src/GrokPipeline.Checkpoints
// Which frequencies do the weights of a modular addition consist of?   dotnet run samples/probe.cs -- models/modular_addition
// The weights are read where they lie in the file. A model that memorized has all frequencies, one that grokked a few.
using GrokPipeline;
using GrokPipeline.Checkpoints;
using GrokPipeline.Runs;

if (args is not [var folder])
{
    Console.Error.WriteLine("usage: dotnet run samples/probe.cs -- EXPERIMENT");
    return 2;
}
try
{
    var run = RunDirectory.Open(folder);
    foreach (var (mark, step) in run.Marks)
    {
        using var weights = run.OpenWeights(mark);
        var name = weights.Names.First(name => weights.TypeOf(name).Shape.Rank == 2);      // embedding, or the first layer over one-hot rows
        int modulus, width = weights.TypeOf(name).Shape[1];
        using (var model = CheckpointModel.Open(run, mark)) { modulus = model.Facts?.OperandValues ?? 0; }
        if (modulus == 0) { throw new GrokException("its rows are no operands.", "Name an experiment on modular arithmetic.", folder); }
        var shares = Shares(weights.Read<float>(name)[..(modulus * width)], modulus, width);
        var strongest = shares.Select((share, i) => (Share: share, Frequency: i + 1)).OrderByDescending(pair => pair.Share).Take(4);
        Console.WriteLine($"{mark,-12} step {step,5}  {name}: "
            + string.Join("  ", strongest.Select(pair => $"k={pair.Frequency} {pair.Share:P0}")));
    }
    return 0;
}
catch (GrokException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

// The share of each frequency 1, 2, … in the power of all columns; the columns' means are left out.
static double[] Shares(ReadOnlySpan<float> table, int modulus, int width)
{
    var power = new double[modulus / 2];
    for (var k = 1; k <= power.Length; k++)
    {
        for (var column = 0; column < width; column++)
        {
            var (real, imaginary) = (0.0, 0.0);
            for (var row = 0; row < modulus; row++)
            {
                var angle = 2 * Math.PI * k * row / modulus;
                real += table[(row * width) + column] * Math.Cos(angle);
                imaginary += table[(row * width) + column] * Math.Sin(angle);
            }
            power[k - 1] += (real * real) + (imaginary * imaginary);
        }
    }
    var total = power.Sum();
    return [.. power.Select(share => share / total)];
}
