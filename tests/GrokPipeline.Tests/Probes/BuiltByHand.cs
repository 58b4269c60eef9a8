using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Probes;
using GrokPipeline.Tables;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Tests.Probes;

/// <summary>A checkpoint of a model whose activations the reference engine computes.</summary>
internal sealed class Computed(Model model, IReadOnlyDictionary<string, Tensor> parameters, DatasetFacts facts, Table rows, long step) : ProbedCheckpoint
{
    public override long Step => step;

    public override IReadOnlyDictionary<string, Tensor> Parameters => parameters;

    public override IReadOnlyList<string> ActivationNames => [.. model.Build(2).Activations().Select(value => value.Name!), Logits];

    public override Activation Activation(string name) => On(rows, [name])[0];

    public override IReadOnlyList<Activation> On(Table rows, IReadOnlyList<string> names)
    {
        var graph = model.Build(rows.Rows).ToGraph("computed", names.Where(name => name != Logits));
        using var session = new ReferenceEngine().Compile(graph, new());
        foreach (var (name, tensor) in parameters) { session.Write(name, tensor); }
        session.Write(model.InputName, RowEncoding.Input(model.InputName, rows, facts));
        session.Run();
        return
        [
            .. names.Select(name =>
            {
                var tensor = new Tensor(graph.OutputType(name)!.Value);
                session.Read(name, tensor);
                return new Activation(tensor.Shape.Without(0), tensor.AsSpan<float>().ToArray());
            }),
        ];
    }
}

/// <summary>Contexts around whole models.</summary>
internal static class BuiltByHand
{
    /// <summary>The modulus of <see cref="Quadratic"/>.</summary>
    public const int P = 13;

    /// <summary>The largest logit is this for each of the two frequencies.</summary>
    public const double Gain = 6;

    /// <summary>The frequencies that it uses.</summary>
    public static readonly int[] Frequencies = [2, 5];

    /// <summary>
    /// The analytic solution of a + b (mod 13) (Gromov 2023): <c>hidden = (cos(wa + φ) + cos(wb + ψ))²</c>, read with <c>cos(wc + φ +
    /// ψ)</c>. With φ and ψ each of three evenly spaced phases all other products cancel, so that the logits are exactly <c>6·Σ cos(w(a + b
    /// − c))</c>.
    /// </summary>
    public static ProbeContext Quadratic(string op = "add", Func<Table, Table>? keep = null)
    {
        var data = new ModularArithmetic(new() { Op = op, Modulus = P });
        var model = new Mlp(new() { Hidden = [18], Activation = GrokPipeline.Training.Layers.Activation.Square, Bias = false }, data.Facts);
        var (first, second) = (new float[2 * P * 18], new float[18 * P]);
        for (var n = 0; n < 18; n++)
        {
            var (w, phi, psi) = (2 * Math.PI * Frequencies[n / 9] / P, 2 * Math.PI * (n % 3) / 3, 2 * Math.PI * (n / 3 % 3) / 3);
            for (var x = 0; x < P; x++)
            {
                first[(x * 18) + n] = (float)Math.Cos((w * x) + phi);
                first[((P + x) * 18) + n] = (float)Math.Cos((op == "sub" ? -w * x : w * x) + psi);
                second[(n * P) + x] = (float)(Gain / 4.5 * Math.Cos((w * x) + phi + psi));
            }
        }
        var weights = new Dictionary<string, Tensor>
        {
            ["hidden.0.weight"] = Tensor.Of<float>([2 * P, 18], first), ["output.weight"] = Tensor.Of<float>([18, P], second),
        };
        return Of(model, weights, data.Facts, keep is null ? data.All : keep(data.All));
    }

    /// <summary>A context of a model with some weights; train is the first two fifths of the rows.</summary>
    public static ProbeContext Of(Model model, IReadOnlyDictionary<string, Tensor> weights, DatasetFacts facts, Table rows)
    {
        var final = new Computed(model, weights, facts, rows, 100);
        var train = rows.Rows * 2 / 5;
        return new()
        {
            Checkpoint = final,
            Trajectory = [new Computed(model, model.Initialize(new Seed(3)), facts, rows, 0), final],
            Facts = facts,
            Rows = rows,
            Splits = [new("train", 0, train), new("validation", train, rows.Rows - train)],
            Model = model,
            Compile = graph => new ReferenceEngine().Compile(graph, new()),
            Seed = new Seed(1),
        };
    }

    /// <summary>A small transformer with drawn weights.</summary>
    public static ProbeContext Transformer(
        Func<string, Tensor, Tensor>? change = null, NormPlace norm = NormPlace.Pre, NormKind kind = NormKind.Layer,
        TokenForm tokens = TokenForm.Equation)
    {
        var data = new ModularArithmetic(new() { Modulus = 5 });
        var model = new Transformer(
            new() { Layers = 2, DModel = 8, Heads = 2, Mlp = 12, Norm = norm, NormKind = kind, Bias = true, Tokens = tokens }, data.Facts);
        var weights = model.Initialize(new Seed(11)).ToDictionary(
            pair => pair.Key, pair => change is null ? pair.Value : change(pair.Key, pair.Value.Copy()));
        return Of(model, weights, data.Facts, data.All);
    }

    /// <summary>Findings by target and name; the first of several.</summary>
    public static Dictionary<(string Target, string Name), double> Find(Probe probe, ProbeContext context) =>
        probe.Run(context).GroupBy(f => (f.Target, f.Name)).ToDictionary(group => group.Key, group => group.First().Value);
}
