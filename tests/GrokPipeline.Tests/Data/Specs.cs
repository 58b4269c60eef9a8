using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Data.ShiftKinds;

namespace GrokPipeline.Tests.Data;

/// <summary>The datasets of the default pipeline, with room for changes.</summary>
internal static class Specs
{
    internal static DatasetSpec Modular(int modulus = 97, string op = "add", ulong seed = 0, double train = 0.3,
        params ShiftSpec[] shifts) => new()
        {
            Use = "modular_arithmetic",
            With = new ModularArithmeticOptions { Op = op, Modulus = modulus },
            Seed = seed,
            Split = new SplitSpec { Train = SplitPart.Of(train), Validation = SplitPart.Remaining },
            Shifts = [.. shifts],
        };

    internal static DatasetSpec DefaultModular() => Modular(97, "add", 0, 0.3,
        HeldOut("band", "(a - b) % 97 < 10"),
        new ShiftSpec("swapped", "operand_order", new OperandOrderOptions { Of = "train", Minus = "train" }),
        new ShiftSpec("skewed", "label_prior", new LabelPriorOptions { Of = "validation", Weight = "1 / (1 + c)", Rows = 4000 }),
        Noise("noisy", 0.1));

    internal static ShiftSpec HeldOut(string name, string where) => new(name, "held_out_rows", new HeldOutRowsOptions { Where = where });

    internal static ShiftSpec Noise(string name, double rate) =>
        new(name, "label_noise", new LabelNoiseOptions { Of = "validation", Rate = rate });

    internal static DatasetSpec Gaussian(
        Geometry geometry = Geometry.Equidistant, int rows = 400, int shifted = 1, double rate = 0.2, int validation = 400, ulong seed = 0,
        params ShiftSpec[] shifts) => new()
        {
            Use = "gaussian_subclasses",
            With = new GaussianSubclassesOptions { Geometry = geometry },
            Seed = seed,
            Split = new SplitSpec
            {
                Train = new SplitPart { Rows = rows, ShiftedPerClass = shifted, SubclassRate = rate },
                Validation = new SplitPart { Rows = validation },
                Test = new SplitPart { Rows = 1000 },
            },
            Shifts = [.. shifts],
        };

    internal static ShiftSpec Shifted(int rows = 400) => new("shifted", "subpopulation", new SubpopulationOptions { Rows = rows });

    internal static ShiftSpec Wide(double sigma = 0.25, int rows = 400) =>
        new("wide", "covariate", new CovariateOptions { Sigma = sigma, Rows = rows });

    /// <summary>The card's entry of a split or shift.</summary>
    internal static DistributionCard Distribution(this DatasetTables tables, string name) =>
        tables.Card.Distributions.Single(card => card.Name == name);

    /// <summary>The one problem of a specification, as option and text.</summary>
    internal static OptionProblem OnlyProblem(this DatasetSpec spec) => Assert.Single(spec.Problems());
}
