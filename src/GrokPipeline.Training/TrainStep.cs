using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Measures;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Training;

/// <summary>
/// Forward, loss, gradients and optimizer as one graph: old state in, new state out. Inputs: parameters, then the optimizer's tensors and
/// numbers, then the rows, <c>target</c>, the learning rates, the settings of the optimizer and of its groups, and what the host computes
/// (<see cref="Fed"/>). Outputs: all state with a prime (<c>theta'</c>), <c>loss</c>, <c>gradient_norm</c> and further scalars, all before
/// the step. State is carried; a parameter that is fixed is an input only.
/// </summary>
public sealed record TrainStep
{
    private TrainStep(Graph graph, Model model, int batch, IEnumerable<Value> state, ImmutableArray<FedInput> fed)
    {
        Graph = graph;
        Model = model;
        Batch = batch;
        Fed = fed;
        OptimizerState = [.. state.Select(value => new StateSpec(value.Name!, value.Type))];    // inputs always have a name
    }

    /// <summary>The computation.</summary>
    public Graph Graph { get; }

    /// <summary>What is trained.</summary>
    public Model Model { get; }

    /// <summary>Rows in a step.</summary>
    public int Batch { get; }

    /// <summary>What the optimizer carries, all 0 at first: <c>hidden.0.weight.adam.m</c>, <c>adam.beta1_correction</c>.</summary>
    public ImmutableArray<StateSpec> OptimizerState { get; }

    /// <summary>Inputs that the host computes: noise, first values, gradients of a penalty. None for most trainings.</summary>
    public ImmutableArray<FedInput> Fed { get; }

    /// <summary>Builds the step.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="batch">Rows in a step, at least 1.</param>
    /// <param name="optimizer">How gradients become updates.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="shareRows">False: the model as it is written, for comparison with the same step computed with less work.</param>
    /// <param name="further">Further scalar outputs; none when null.</param>
    /// <param name="noise">Noise in the forward pass; null for none.</param>
    /// <param name="penalty">What is added to the gradients besides; null for nothing.</param>
    /// <exception cref="GrokException">A group of the optimizer, the noise or the penalty does not fit the model.</exception>
    public static TrainStep Of(
        Model model, int batch, Optimizer optimizer, Loss loss, bool shareRows = true, IEnumerable<StepScalar>? further = null,
        NoiseOptions? noise = null, PenaltyOptions? penalty = null)
    {
        RequireSteps(model);
        var fed = new FedInputs();
        var forward = noise is not null ? noise.Apply(model, batch, shareRows, fed)
            : shareRows ? model.BuildShared(batch) : model.Build(batch);
        var target = Value.Input(RowEncoding.TargetName, model.TargetType(batch));
        var cost = (model.Target == TargetKind.Real ? loss.OfReal(forward.Logits, target) : loss.OfAnswers(forward.Logits, target))
            .Named("loss");
        var specs = model.Parameters.Where(spec => !spec.IsFixed).ToArray();
        var trained = specs.Select(spec => forward.Parameters.Single(parameter => parameter.Name == spec.Name)).ToImmutableArray();
        var gradients = Gradients.Of(cost, trained);

        var settings = optimizer.RateInputs().Concat(optimizer.SettingInputs())
            .Select(pair => Value.Input(pair.Key, TensorType.Float32([]))).ToArray();
        var groups = optimizer.GroupsOf(specs.Select(spec => spec.Name));
        // A group's chain differs in the scalars that it reads.
        var chains = specs.Zip(groups, (spec, group) => optimizer.Build(new StepInputs(
            spec, name => Setting(group is null ? name : group.InputOf(name)), fed))).ToArray();
        var scalars = chains.SelectMany(chain => chain.Scalars).Distinct()
            .Select(scalar => (Before: Value.Input(scalar.Name, TensorType.Float32([])), scalar)).ToArray();
        var nextScalars = scalars.ToDictionary(pair => pair.scalar, pair => pair.scalar.Next(pair.Before));

        var (slots, newSlots, newParameters) = (new List<Value>(), new List<Value>(), new List<Value>());
        foreach (var (parameter, gradient, chain) in trained.Zip(penalty?.Apply(gradients, specs, fed) ?? gradients, chains))
        {
            var mine = chain.Slots.Select(slot => Value.Input($"{parameter.Name}.{slot}", chain.SlotType(slot, parameter.Type))).ToArray();
            var change = chain.Apply(gradient, parameter, mine, [.. chain.Scalars.Select(scalar => nextScalars[scalar])]);
            newParameters.Add(parameter + change.Update);
            slots.AddRange(mine);
            newSlots.AddRange(change.Slots);
        }
        var moved = optimizer.Clamp?.Apply(newParameters, specs.Select(spec => spec.Name), fed) ?? newParameters;
        ImmutableArray<Value> state = [.. slots, .. scalars.Select(pair => pair.Before)];
        var before = trained.AddRange(state);
        var after = moved.Concat(newSlots).Concat(scalars.Select(pair => nextScalars[pair.scalar]));
        var carried = before.Zip(after, (from, to) => (Output: new GraphOutput($"{from.Name}'", to), Input: from.Name!)).ToArray();
        var graph = Graph.Of(
            "train_step",
            [.. forward.Parameters, .. state, forward.Input, target, .. settings, .. fed.Values],
            [.. carried.Select(pair => pair.Output), new("loss", cost), new("gradient_norm", Norm(gradients)),
                .. (further ?? []).Select(scalar => new GraphOutput(scalar.Name, scalar.Of(trained, gradients)))],
            carried.Select(pair => new CarriedPair(pair.Output.Name, pair.Input)));
        return new(graph, model, batch, state, fed.Inputs);

        Value Setting(string name) => settings.Single(setting => setting.Name == name);
    }

    private static void RequireSteps(Model model)
    {
        if (!model.HasOwnTrainer) { return; }
        throw new GrokException(
            "This model is not trained by steps along the gradient of a loss: there is no such step to show, and no sweep over it.",
            "Train it as an experiment, or use another model.");
    }

    private static Value Norm(IEnumerable<Value> gradients) =>
        gradients.Select(gradient => (gradient * gradient).Sum()).Aggregate((sum, square) => sum + square).Sqrt();
}

/// <summary>A tensor that a step carries besides the parameters.</summary>
/// <param name="Name">Its name in the graph and in checkpoints.</param>
/// <param name="Type">Its type.</param>
public readonly record struct StateSpec(string Name, TensorType Type);
