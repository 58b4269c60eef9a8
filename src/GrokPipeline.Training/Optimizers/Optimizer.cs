using System.Collections.Immutable;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// A chain of transforms with the numbers that it is fed. Learning rate and decay are inputs of the step, not constants in it: a
/// schedule changes one, and runs that differ in them share a graph.
/// </summary>
public abstract record Optimizer
{
    /// <summary>Name of the input that the schedule writes before each step.</summary>
    public const string LearningRateInput = "learning_rate";

    /// <summary>The optimizers that a pipeline file may name.</summary>
    public static Catalogue<Optimizer> All { get; } = new("optimizer")
    {
        { "adamw", (AdamWOptions options) => new AdamW(options) },
        { "adam", (AdamOptions options) => new Adam(options) },
        { "sgd", (SgdOptions options) => new Sgd(options) },
        { "muon", (MuonOptions options) => new Muon(options) },
    };

    /// <summary>The learning rate that a schedule multiplies.</summary>
    public abstract double LearningRate { get; }

    /// <summary>Scalar inputs beside the learning rate, with the value they keep through a run: <c>weight_decay</c>, <c>l2</c>.</summary>
    public abstract ImmutableArray<KeyValuePair<string, double>> Settings { get; }

    /// <summary>Parameters with numbers of their own. None by default.</summary>
    public virtual ImmutableArray<ParameterGroup> Groups => [];

    /// <summary>The norm that parameters keep; null, the default: they move freely.</summary>
    public virtual ClampOptions? Clamp => null;

    /// <summary>Further rates that the schedule multiplies. None by default.</summary>
    protected virtual ImmutableArray<KeyValuePair<string, double>> OtherRates => [];

    /// <summary>What happens to gradients before <see cref="Parts"/> see them; null: nothing.</summary>
    protected abstract GradientOptions? Gradient { get; }

    /// <summary>The chain of one parameter.</summary>
    /// <param name="inputs">What it may read besides its state.</param>
    public Transform Build(StepInputs inputs) =>
        new Chain([.. GradientOptions.Transforms(Gradient, inputs.Parameter), .. Parts(inputs)]);

    /// <summary>
    /// The names of what the optimizer carries for a model: two optimizers with the same can go on with each other's state.
    /// </summary>
    /// <param name="parameters">The model's parameters.</param>
    public ImmutableArray<string> StateOf(IEnumerable<ParameterSpec> parameters)
    {
        var chains = parameters.Where(spec => !spec.IsFixed).Select(spec => (spec.Name, Chain: Build(StepInputs.Of(spec)))).ToArray();
        return
        [
            .. chains.SelectMany(pair => pair.Chain.Slots, (pair, slot) => $"{pair.Name}.{slot}"),
            .. chains.SelectMany(pair => pair.Chain.Scalars).Distinct().Select(scalar => scalar.Name),
        ];
    }

    /// <summary>The inputs that the schedule writes, with the rates that it multiplies: the optimizer's first, then the groups'.</summary>
    public ImmutableArray<KeyValuePair<string, double>> RateInputs() =>
    [
        new(LearningRateInput, LearningRate),
        .. OtherRates,
        .. Groups.Select(group => KeyValuePair.Create(group.InputOf(LearningRateInput), group.LearningRate)),
    ];

    /// <summary>The other scalar inputs, with the value they keep through a run: the optimizer's first, then the groups'.</summary>
    public ImmutableArray<KeyValuePair<string, double>> SettingInputs() =>
    [
        .. Settings,
        .. Groups.SelectMany(group => group.Settings, (group, pair) => KeyValuePair.Create(group.InputOf(pair.Key), pair.Value)),
    ];

    /// <summary>The group of each parameter; null for one that is in none.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <exception cref="GrokException">A group holds none of them, or two groups hold the same one.</exception>
    public ImmutableArray<ParameterGroup?> GroupsOf(IEnumerable<string> parameters)
    {
        string[] names = [.. parameters];
        var groups = Groups;
        if (groups.FirstOrDefault(group => !names.Any(group.Holds)) is { } idle)
        {
            throw new GrokException(
                $"No parameter belongs to the group '{idle.Name}'.{Spelling.Suggestion(idle.Name, names)}",
                $"Name a parameter, the beginning of some before a dot, or a pattern with *. The model has: {string.Join(", ", names)}.");
        }
        return [.. names.Select(name => One(name, [.. groups.Where(group => group.Holds(name))]))];
    }

    /// <summary>The optimizer's own transforms for one parameter, in their order.</summary>
    /// <param name="inputs">What they may read besides their state.</param>
    protected abstract ImmutableArray<Transform> Parts(StepInputs inputs);

    private static ParameterGroup? One(string name, ParameterGroup[] groups) => groups.Length <= 1
        ? groups.FirstOrDefault()
        : throw new GrokException(
            $"The parameter '{name}' is in the groups {string.Join(" and ", groups.Select(group => $"'{group.Name}'"))}.",
            "Name the groups so that none holds what another holds.");
}

/// <summary>Checks that optimizers share.</summary>
internal static class OptimizerProblems
{
    public static IEnumerable<OptionProblem> LearningRate(double value)
    {
        if (value is not (>= 0 and <= 1e6))
        {
            yield return new("learning_rate", $"learning_rate is {value}; give a number from 0 to 1000000.");
        }
    }

    public static IEnumerable<OptionProblem> Decay(string name, double value)
    {
        if (value is not (>= 0 and <= 1e6)) { yield return new(name, $"{name} is {value}; give a number from 0 to 1000000."); }
    }

    public static IEnumerable<OptionProblem> UpdateNoise(double? value)
    {
        if (value is not (null or (>= 0 and <= 1e6)))
        {
            yield return new("update_noise", $"update_noise is {value}; give a number from 0 to 1000000.");
        }
    }

    // The option stands there so that a wrong kind is answered with the reason.
    public static IEnumerable<OptionProblem> OnlyToZero(DecayKind? kind, string optimizer)
    {
        if (kind is null or DecayKind.ToZero) { yield break; }
        var name = kind == DecayKind.ToInit ? "to_init" : "jiggle";
        yield return new("decay",
            $"{optimizer} has no decay {name}: its l2 is a part of the gradient and pulls to zero. "
            + $"Use kind: adamw with decay: {name}, or leave decay out.");
    }

    // PyTorch has one name for both.
    public static string? NotDecoupled(string option, string optimizer) => option != "weight_decay" ? null
        : $"The decay of {optimizer} is a part of the gradient: write l2. Decoupled decay, weight_decay, is an option of kind: adamw.";

    public static string? NotInGradient(string option) => option != "l2" ? null
        : "The decay of adamw is decoupled: write weight_decay. Decay as a part of the gradient, l2, is an option of kind: adam.";

    public static IEnumerable<OptionProblem> Betas(ImmutableArray<double> betas)
    {
        if (betas.IsDefault || betas.Length != 2) { yield return new("betas", "betas needs two numbers, as in [0.9, 0.98]."); }
        else
        {
            foreach (var beta in betas)
            {
                if (beta is not (>= 0 and < 1))
                {
                    yield return new("betas", $"betas holds {beta}; give numbers in [0, 1), as in [0.9, 0.98].");
                }
            }
        }
    }

    public static IEnumerable<OptionProblem> Epsilon(double value)
    {
        if (value is not (>= 1e-30 and <= 1))
        {
            yield return new("epsilon", $"epsilon is {value}; give a number from 1e-30 to 1, usually 1e-8.");
        }
    }
}
