using GrokPipeline.Data.ShiftKinds;

namespace GrokPipeline.Data;

/// <summary>The kinds of shift that a pipeline file may name.</summary>
public static class Shifts
{
    /// <summary>By name.</summary>
    public static Catalogue<Shift> All { get; } = new("shift")
    {
        { "held_out_rows", (HeldOutRowsOptions options) => new HeldOutRows(options) },
        { "operand_order", (OperandOrderOptions options) => new OperandOrder(options) },
        { "label_prior", (LabelPriorOptions options) => new LabelPrior(options) },
        { "label_noise", (LabelNoiseOptions options) => new LabelNoise(options) },
        { "subpopulation", (SubpopulationOptions options) => new Subpopulation(options) },
        { "sequence_length", (SequenceLengthOptions options) => new SequenceLength(options) },
        { "sequence_order", (SequenceOrderOptions options) => new SequenceOrder(options) },
        { "sequence_format", (SequenceFormatOptions options) => new SequenceFormat(options) },
        { "covariate", (CovariateOptions options) => new Covariate(options) },
    };
}
