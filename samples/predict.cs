#!/usr/bin/env dotnet
#:project ../src/GrokPipeline.Checkpoints
// What did a model answer before it grokked, and after?   dotnet run samples/predict.cs -- models/modular_addition 5 95
using GrokPipeline;
using GrokPipeline.Checkpoints;
using GrokPipeline.Runs;

if (args is not [var folder, .. var numbers] || numbers.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run samples/predict.cs -- EXPERIMENT NUMBER...");
    return 2;
}
try
{
    var run = RunDirectory.Open(folder);
    var row = Array.ConvertAll(numbers, long.Parse);
    Console.WriteLine($"{run.Name}: {run.Verdict}, generalized at step {run.GeneralizationStep?.ToString() ?? "never"}");
    foreach (var (mark, step) in run.Marks)
    {
        using var model = CheckpointModel.Open(run, mark);
        var logits = new float[model.Classes];
        model.Score(row, logits);
        var answer = logits.AsSpan().IndexOf(logits.Max());
        var probability = 1 / logits.Sum(logit => Math.Exp(logit - logits[answer]));
        Console.WriteLine($"  {mark,-12} step {step,5}  {model.Facts?.Operation}: {string.Join(", ", row)} -> {answer}  ({probability:P1})");
    }
    return 0;
}
catch (GrokException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
