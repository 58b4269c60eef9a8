using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// Says after each evaluation whether a member has told all that it will tell. It hears the curve point by point, and what it says is a
/// function of the curve so far alone: the same alone and in a sweep, resumed or not.
/// </summary>
internal sealed class Retirement(RetireOptions options, GrokkingOptions definitions)
{
    private int _above;
    private int _learnt;
    private int _low;
    private bool _memorized;
    private bool _generalized;

    /// <summary>The ending that the curve up to this point means; null to go on.</summary>
    /// <param name="point">The next evaluation.</param>
    public MemberEnding? After(CurvePoint point)
    {
        var (memorization, generalization) = (definitions.Memorization, definitions.Generalization);
        _above = point.Validation >= generalization.Accuracy ? _above + 1 : 0;
        _learnt = point.Train >= memorization.Accuracy ? _learnt + 1 : 0;
        _memorized |= _learnt >= memorization.ForEvaluations;
        var before = _generalized;
        _generalized |= _above >= generalization.ForEvaluations;
        if (_generalized && !before) { _low = 0; }                              // from here on the other curve counts
        var margin = definitions.LossMargin;
        var low = _generalized
            ? point.Validation < generalization.Accuracy - margin
            : _memorized && point.Train < memorization.Accuracy - margin;
        _low = low ? _low + 1 : 0;
        var enough = generalization.ForEvaluations + options.GeneralizedFor;
        if (options.GeneralizedFor > 0 && _above >= enough) { return MemberEnding.Generalized; }
        return options.CollapsedFor > 0 && _low >= options.CollapsedFor ? MemberEnding.Collapsed : null;
    }
}
