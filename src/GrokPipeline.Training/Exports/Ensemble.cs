using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Graphs.Passes;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Training.Exports;

/// <summary>
/// Several trainings of one model as one graph that reads one batch. Outputs: <c>logits</c> Float32[batch, classes], the mean of the
/// members' logits; <c>probabilities</c> Float32[batch, classes], the mean of their probabilities; <c>vote</c> Int64[batch], the label that
/// most members give, of equally many the smallest; <c>disagreement</c> Float32[batch], the share of members that give another label than
/// the vote, in [0, 1); <c>member_logits</c> Float32[batch, members, classes].
/// </summary>
public static class Ensemble
{
    /// <summary>The output of the majority's label.</summary>
    public const string Vote = "vote";

    /// <summary>The output of the share that is of another opinion.</summary>
    public const string Disagreement = "disagreement";

    /// <summary>The output of each member's logits.</summary>
    public const string MemberLogits = "member_logits";

    /// <summary>The name that a member's parameter has in the graph: <c>member.0.output.weight</c>.</summary>
    public static string ParameterName(int member, string parameter) =>
        $"member.{member.ToString(CultureInfo.InvariantCulture)}.{parameter}";

    /// <summary>The graph of some members.</summary>
    /// <param name="model">The model that all members are.</param>
    /// <param name="members">How many, at least 1.</param>
    /// <param name="facts">The dataset that it was made for.</param>
    /// <param name="form">How it is fed.</param>
    /// <param name="name">The graph's name.</param>
    /// <param name="batch">Rows, at least 1.</param>
    public static Graph Build(Model model, int members, DatasetFacts facts, ModelForm form, string name, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        var built = model.Build(batch);
        var parameters = ImmutableArray.CreateBuilder<Value>();
        var logits = new Value[members];
        for (var i = 0; i < members; i++)
        {
            var own = built.Parameters.ToDictionary(
                parameter => parameter, parameter => Value.Input(ParameterName(i, parameter.Name!), parameter.Type));   // inputs have names
            logits[i] = Rewired.Apply([built.Logits], own, _ => null)[0];
            parameters.AddRange(built.Parameters.Select(parameter => own[parameter]));
        }
        return ModelForms.Fed(built.Input, parameters, Outputs(logits), facts, form, name);
    }

    private static ImmutableArray<GraphOutput> Outputs(Value[] logits)
    {
        var (batch, classes, members) = (logits[0].Shape[0], logits[0].Shape[1], (double)logits.Length);
        var all = Value.Concat(1, [.. logits.Select(one => one.Reshape([batch, 1, classes]))]);
        var labels = all.ArgMax();
        var vote = labels.OneHot(classes).Sum([1]).ArgMax();
        var agreeing = labels.Equal(vote.Reshape([batch, 1])).Cast(ElementType.Float32).Sum([1]);
        return
        [
            new("logits", all.Sum([1]) / members), new(ModelForms.Probabilities, all.Softmax().Sum([1]) / members), new(Vote, vote),
            new(Disagreement, (members - agreeing) / members), new(MemberLogits, all),
        ];
    }
}
