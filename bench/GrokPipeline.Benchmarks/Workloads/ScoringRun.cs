using GrokPipeline.Data;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Tables;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>
/// <c>scoring [--rounds 21] [--batch 1024]</c>: what scoring costs besides the model. Three ways to score a batch against ONNX Runtime's
/// run of the same batch alone, its memory bound once, in turns on one thread: rows in and logits out; accuracy; all default metrics.
/// </summary>
internal static class ScoringRun
{
    /// <summary>Prints the table.</summary>
    public static int Run(string[] args, TextWriter output)
    {
        var flags = new Flags(args, ["--rounds", "--batch"]);
        var (rounds, batch) = (flags.Whole("--rounds", 21), flags.Whole("--batch", 1024));
        output.WriteLine("# What scoring costs besides the model");
        output.WriteLine();
        output.WriteLine($"Microseconds for a batch of {batch} rows on one thread, {rounds} rounds in turns, medians, in brackets the "
            + $"smallest and largest; each ratio is the median of ratios within a round to ONNX Runtime alone, its inputs and outputs bound "
            + $"once. Default metrics: {string.Join(", ", new EvaluationOptions().Metrics)}. {Machine.Line}");
        output.WriteLine();
        output.WriteLine(Figures.Head("model", "ONNX Runtime alone", "rows in, logits out", "accuracy", "default metrics"));
        var operands = new DatasetFacts
        {
            Kind = InputKind.Operands, Classes = 97, Target = "c", Operands = ["a", "b"], OperandValues = 97,
        };
        var features = new DatasetFacts { Kind = InputKind.Features, Classes = 4, Target = "label", Features = "x", FeatureCount = 117 };
        Row("MLP 194-128-97, bare operands", new Mlp(new MlpOptions { Hidden = [128] }, operands), operands);
        Row("MLP 117-96-96-4, features", new Mlp(new MlpOptions { Hidden = [96, 96] }, features), features);
        Row("decoder of width 128, 1 layer, 97 classes", new Transformer(new TransformerOptions { Layers = 1 }, operands), operands);
        return 0;

        void Row(string what, Model model, DatasetFacts facts)
        {
            var file = OnnxWriter.Write(
                model.Build(1009).ToGraph("score"), model.Build(2003).ToGraph("score"), model.Initialize(new Seed(1)), OnnxMetadata.Empty);
            var table = Rows(facts, batch);
            using var alone = new BoundRun(file, RowEncoding.Input(model.InputName, table, facts), batch, facts.Classes);
            using var scored = OnnxRuntimeEngine.Open(file, new CompileOptions { Threads = 1 });
            using var rows = OnnxRowSession.Open(file, "the model", new CompileOptions { Threads = 1 }, batch);
            var logits = new float[batch * facts.Classes];
            var times = Turns.Time(
                [
                    alone.Run, LogitsOnly, Scored(new EvaluationOptions { Metrics = ["accuracy"] }), Scored(new EvaluationOptions()),
                ],
                rounds);
            string Ratio(int of) => $"{Figures.Show([.. times[of].Zip(times[0], (one, other) => one / other)])}×";
            output.WriteLine(Figures.Row(what, Figures.Show(times[0]), Ratio(1), Ratio(2), Ratio(3)));

            // What CheckpointModel.Score does with rows of an app.
            void LogitsOnly()
            {
                if (facts.Kind == InputKind.Features) { rows.Run(table.Vector("x"), "logits", logits); }
                else { rows.Run<long>(alone.Input.AsSpan<long>(), "logits", logits); }
            }

            Action Scored(EvaluationOptions options)
            {
                var scorer = new BatchScorer(scored, model.InputName, "logits", facts, batch, options.Needs(groups: false));
                var accumulator = new ScoreAccumulator(facts.Classes, options, new Seed(0));
                return () => accumulator.Add(scorer.Score(table), []);
            }
        }
    }

    private static Table Rows(DatasetFacts facts, int rows)
    {
        var draws = new Seed(2).Stream();
        long[] Below(int bound) => [.. Enumerable.Range(0, rows).Select(_ => (long)draws.NextBelow(bound))];
        return facts.Kind == InputKind.Operands
            ? Table.Of(ColumnValues.Of("a", Below(97)), ColumnValues.Of("b", Below(97)), ColumnValues.Of("c", Below(97)))
            : Table.Of(
                ColumnValues.Vector("x", 117, [.. Enumerable.Range(0, rows * 117).Select(_ => (float)draws.NextNormal())]),
                ColumnValues.Of("label", Below(4)));
    }
}
