#!/usr/bin/env dotnet
#:project ../src/GrokPipeline.Training
#:project ../src/GrokPipeline.Engines.Simd
// A dataset of your own: the bitwise exclusive or of two numbers below 32.   dotnet run samples/custom-dataset.cs
// Rows are a table, and facts say what its columns are; models, training and metrics need no more.
// To use it in a pipeline.yaml, put it into the catalogue: docs/add-a-dataset.md.
using GrokPipeline;
using GrokPipeline.Data;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

const int values = 32;
var facts = new DatasetFacts
{
    Kind = InputKind.Operands, Operands = ["a", "b"], OperandValues = values, Target = "c", Classes = values, Operation = "a xor b",
};
var seed = new Seed(0);
var draws = seed.Derive("split").Stream();
var rows = Enumerable.Range(0, values * values).Select(row => (Row: row, Draw: draws.NextBits())).OrderBy(pair => pair.Draw)
    .Select(pair => pair.Row).ToArray();
var train = rows[..(rows.Length * 3 / 10)];
var plan = new TrainingPlan
{
    Model = new Mlp(new MlpOptions { Encode = OperandEncoding.Onehot, Hidden = [256], Activation = Activation.Square, Bias = false }, facts),
    Facts = facts,
    Train = TableOf(train),
    Scored = [new("validation", TableOf(rows[train.Length..]))],
    Optimizer = new AdamW(new AdamWOptions { LearningRate = 1e-2, WeightDecay = 1 }),
    Steps = 300,
    Evaluate = new EvaluationSchedule(25),
    Seed = seed,
};
using var trainer = new Trainer(plan, graph => new SimdEngine().Compile(graph, new CompileOptions()));
foreach (var record in trainer.Run().Where(record => record.Evaluation is not null))
{
    Console.WriteLine($"step {record.Step,4}  train {record.Evaluation!["train"]?.Accuracy:F3}  validation {record.Evaluation["validation"]?.Accuracy:F3}");
}

static Table TableOf(int[] rows) => Table.Of(
    ColumnValues.Of("row", [.. rows.Select(row => (long)row)]),
    ColumnValues.Of("a", [.. rows.Select(row => (long)(row / values))]),
    ColumnValues.Of("b", [.. rows.Select(row => (long)(row % values))]),
    ColumnValues.Of("c", [.. rows.Select(row => (long)((row / values) ^ (row % values)))]));
