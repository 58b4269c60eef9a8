using GrokPipeline.Data.ShiftKinds;

namespace GrokPipeline.Data;

/// <summary>The kinds of shift that a pipeline file may name.</summary>
public static class Shifts
{
    /// <summary>By name.</summary>
    public static Catalogue<Shift> All { get; } = new("shift")
    {
        { "held_out_rows", (HeldOutRowsOptions options) => new HeldOutRows(options) },
        { "held_out_values", (HeldOutValuesOptions options) => new HeldOutValues(options) },
        { "operand_order", (OperandOrderOptions options) => new OperandOrder(options) },
        { "label_prior", (LabelPriorOptions options) => new LabelPrior(options) },
        { "label_noise", (LabelNoiseOptions options) => new LabelNoise(options) },
        { "outliers", (OutliersOptions options) => new Outliers(options) },
        { "clean_labels", (CleanLabelsOptions options) => new CleanLabels(options) },
        { "imbalance", (ImbalanceOptions options) => new Imbalance(options) },
        { "thin_out", (ThinOutOptions options) => new ThinOut(options) },
        { "select_rows", (SelectRowsOptions options) => new SelectRows(options) },
        { "rescale", (RescaleOptions options) => new Rescale(options) },
        { "translate", (TranslateOptions options) => new Translate(options) },
        { "spurious_attribute", (SpuriousAttributeOptions options) => new SpuriousAttribute(options) },
        { "subpopulation", (SubpopulationOptions options) => new Subpopulation(options) },
        { "sequence_length", (SequenceLengthOptions options) => new SequenceLength(options) },
        { "sequence_order", (SequenceOrderOptions options) => new SequenceOrder(options) },
        { "sequence_format", (SequenceFormatOptions options) => new SequenceFormat(options) },
        { "covariate", (CovariateOptions options) => new Covariate(options) },
    };
}
