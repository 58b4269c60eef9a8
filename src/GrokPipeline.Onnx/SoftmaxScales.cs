using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Onnx;

/// <summary>
/// How much rounding the softmaxes of a graph amplify. A softmax moves by as much as its scores do while its own scale is 1: scores s with
/// a relative error ε give shares with an error up to ε·max|s|, and so on for all that is computed from them.
/// </summary>
internal sealed class SoftmaxScales
{
    private readonly Dictionary<(int Softmax, string Distribution), double> _scales = [];

    /// <summary>The graph with scores and shares of each softmax as further outputs.</summary>
    public static Graph Watched(Graph graph) => Graph.Of(
        graph.Name, graph.Inputs,
        [
            .. graph.Outputs,
            .. Softmaxes(graph).SelectMany((softmax, i) =>
                new GraphOutput[] { new(Scores(i), softmax.Inputs[0]), new(Shares(i), softmax) }),
        ]);

    /// <summary>Looks at the scores of a run.</summary>
    /// <param name="graph">What <see cref="Watched"/> gave.</param>
    /// <param name="session">It, having run.</param>
    /// <param name="distribution">On which rows.</param>
    public void See(Graph graph, ISession session, string distribution)
    {
        for (var i = 0; graph.OutputType(Scores(i)) is { } type; i++)
        {
            var (scores, shares) = (new Tensor(type), new Tensor(type));
            session.Read(Scores(i), scores);
            session.Read(Shares(i), shares);
            var scale = _scales.GetValueOrDefault((i, distribution), 1);
            var x = scores.AsSpan<float>();
            var y = shares.AsSpan<float>();
            for (var at = 0; at < x.Length; at++)
            {
                // What has no share has no influence: masked positions above all.
                if (y[at] > 0 && float.IsFinite(x[at])) { scale = Math.Max(scale, Math.Abs(x[at])); }
            }
            _scales[(i, distribution)] = scale;
        }
    }

    /// <summary>
    /// For each value of a graph how often its rounding is amplified, at least 1: the scales of the softmaxes before it, multiplied along
    /// the path on which that is most.
    /// </summary>
    public Dictionary<Value, double> Conditions(Graph graph, string distribution)
    {
        var (conditions, next) = (new Dictionary<Value, double>(), 0);
        foreach (var value in graph.Values)
        {
            var condition = value.Inputs.Select(input => conditions.GetValueOrDefault(input, 1)).DefaultIfEmpty(1).Max();
            conditions[value] = value.Op is Softmax ? condition * _scales.GetValueOrDefault((next++, distribution), 1) : condition;
        }
        return conditions;
    }

    private static IEnumerable<Value> Softmaxes(Graph graph) => graph.Values.Where(value => value.Op is Softmax);

    private static string Scores(int softmax) => string.Create(CultureInfo.InvariantCulture, $"softmax.{softmax}.scores");

    private static string Shares(int softmax) => string.Create(CultureInfo.InvariantCulture, $"softmax.{softmax}.shares");
}
