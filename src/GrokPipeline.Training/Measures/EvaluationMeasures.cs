using System.Collections.Immutable;

namespace GrokPipeline.Training.Measures;

/// <summary>All that a plan asks to be measured besides loss, accuracy and norms.</summary>
internal sealed class EvaluationMeasures
{
    private readonly HashSet<string> _wanted;
    private readonly WeightMeasures _weights;
    private readonly FeatureChange? _features;

    private EvaluationMeasures(TrainingPlan plan, EncodedRows rows, CompiledTraining compiled)
    {
        _wanted = [.. plan.Further];
        _weights = new(plan, _wanted);
        Rows = _wanted.Overlaps(FurtherMetrics.OfRows) ? new RowMeasures(plan, _wanted) : null;
        if (compiled.Features is { } session)
        {
            var graph = compiled.Graphs.Features!;                                          // not null: it was compiled
            _features = new(session, rows, plan.FeatureLayer, graph.Outputs[^1].Value.Type);
        }
        Aligned = _wanted.Contains(FurtherMetrics.ScalingCosine);
    }

    /// <summary>What looks at the logits of train; null when nothing does.</summary>
    public RowMeasures? Rows { get; }

    /// <summary>Whether the step's gradient is compared with the parameters.</summary>
    public bool Aligned { get; }

    /// <summary>Whether <see cref="Before"/> has work to do.</summary>
    public bool LooksBefore => _features is not null;

    /// <summary>The measures of a plan; null when it asks for none.</summary>
    public static EvaluationMeasures? Of(TrainingPlan plan, EncodedRows rows, CompiledTraining compiled) =>
        plan.Further.IsEmpty ? null : new(plan, rows, compiled);

    /// <summary>Looks at the parameters before a step that will be evaluated.</summary>
    public void Before(ImmutableSortedDictionary<string, Tensor> parameters) => _features?.Before(parameters);

    /// <summary>The finite numbers that the plan asks for.</summary>
    /// <param name="parameters">The parameters after the step, which were scored.</param>
    /// <param name="scores">Their scores.</param>
    /// <param name="cosine">Cosine of the step's descent and the parameters, NaN when that is not looked at; null at step 0.</param>
    public ImmutableArray<Measurement> After(ImmutableSortedDictionary<string, Tensor> parameters, StepScores scores, double? cosine)
    {
        var all = _weights.Of(parameters).Concat(Rows?.Take(scores.WeightNorm) ?? []);
        if (cosine is { } value)
        {
            all = all.Append(new("train", FurtherMetrics.ScalingCosine, value));
            if (_features is not null) { all = all.Append(_features.After(parameters)); }
        }
        return [.. all.Where(measurement => _wanted.Contains(measurement.Metric) && double.IsFinite(measurement.Value))];
    }
}
