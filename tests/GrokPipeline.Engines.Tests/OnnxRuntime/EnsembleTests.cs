using System.Collections.Immutable;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Onnx;
using GrokPipeline.Testing;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

public sealed class EnsembleTests
{
    private const int Rows = 60;

    public static MatrixTheoryData<string, int> Cases => new(["transformer", "mlp", "mlp on embeddings", "features"], [2, 3, 5]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_are_what_the_members_own_files_say(string name, int members)
    {
        var model = ExportModels.Make(name);
        var file = File(name, members, ModelForm.Plain);
        Assert.Empty(OnnxCheck.Problems(file));
        var rows = ExportModels.Rows(model, Rows);
        float[][] own = [.. Enumerable.Range(0, members).Select(member => Logits(name, member, rows))];
        using var session = OnnxRuntimeEngine.Open(file);
        session.Write(model.InputName, rows);
        session.Run();
        var (all, mean) = (Floats(session, Ensemble.MemberLogits), Floats(session, "logits"));
        var (shares, disagreement) = (Floats(session, "probabilities"), Floats(session, Ensemble.Disagreement));
        var votes = new Tensor(TensorType.Int64([Rows]));
        session.Read(Ensemble.Vote, votes);
        Assert.Equal(TensorType.Float32([Rows, members, model.Classes]), session.OutputType(Ensemble.MemberLogits));
        for (var row = 0; row < Rows; row++)
        {
            float[][] logits = [.. own.Select(one => one[(row * model.Classes)..((row + 1) * model.Classes)])];
            var labels = logits.Select(one => Array.IndexOf(one, one.Max())).ToArray();
            var vote = labels.GroupBy(label => label).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).First();
            Assert.Equal(vote.Key, votes.AsSpan<long>()[row]);
            Assert.Equal((members - vote.Count()) / (float)members, disagreement[row]);
            for (var i = 0; i < model.Classes; i++)
            {
                var at = (row * model.Classes) + i;
                Assert.Equal(logits.Average(one => one[i]), mean[at], 1e-5f);
                Assert.Equal(logits.Average(one => Math.Exp(one[i]) / one.Sum(logit => Math.Exp(logit))), shares[at], 1e-6);
                for (var member = 0; member < members; member++)
                {
                    Assert.Equal(logits[member][i], all[(((row * members) + member) * model.Classes) + i], 1e-5f);
                }
            }
        }
        Assert.Contains(disagreement, share => share > 0);                    // so that votes were decided and not unanimous throughout
    }

    [Fact]
    public void Members_that_agree_disagree_by_exactly_nothing()
    {
        var model = ExportModels.Make("mlp");
        foreach (var members in (int[])[3, 7, 49])
        {
            using var session = OnnxRuntimeEngine.Open(File("mlp", members, ModelForm.Application, _ => 0));
            var inputs = ExportModels.Fed("mlp", ModelForm.Application, ExportModels.Rows(model, 9));
            foreach (var (name, tensor) in inputs) { session.Write(name, tensor); }
            session.Run();
            Assert.All(Floats(session, Ensemble.Disagreement), share => Assert.Equal(0, share));
        }
    }

    [Theory]
    [InlineData("transformer", ModelForm.Application)]
    [InlineData("mlp", ModelForm.Vector)]
    [InlineData("features", ModelForm.Plain)]
    public void Another_runtime_gives_the_same_also_on_no_rows(string name, ModelForm form)
    {
        var model = ExportModels.Make(name);
        var file = File(name, 3, form);
        AnotherRuntime.GivesTheSameAlsoOnNoRows(file, ExportModels.Fed(name, form, ExportModels.Rows(model, 7)));
    }

    private static byte[] File(string name, int members, ModelForm form, Func<int, int>? seedOf = null)
    {
        var model = ExportModels.Make(name);
        var parameters = Enumerable.Range(0, members)
            .SelectMany(member => model.Initialize(Seed(seedOf?.Invoke(member) ?? member)).Select(
                pair => KeyValuePair.Create(Ensemble.ParameterName(member, pair.Key), pair.Value)))
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
        Graphs.Graph Build(int batch) => Ensemble.Build(model, members, ExportModels.Facts(name), form, "ensemble", batch);
        return OnnxWriter.Write(Build(1009), Build(2003), parameters, OnnxMetadata.Empty);
    }

    private static float[] Logits(string name, int member, Tensor rows)
    {
        var model = ExportModels.Make(name);
        using var session = OnnxRuntimeEngine.Open(OnnxWriter.Write(
            ExportModels.Inference(model, 3), ExportModels.Inference(model, 5), model.Initialize(Seed(member)), OnnxMetadata.Empty));
        session.Write(model.InputName, rows);
        session.Run();
        return Floats(session, "logits");
    }

    private static Seed Seed(int member) => new((ulong)(100 + member));

    private static float[] Floats(OnnxFileSession session, string name)
    {
        var tensor = new Tensor(session.OutputType(name));
        session.Read(name, tensor);
        return tensor.AsSpan<float>().ToArray();
    }
}
