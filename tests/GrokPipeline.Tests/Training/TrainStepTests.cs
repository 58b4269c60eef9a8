using GrokPipeline.Graphs;
using GrokPipeline.Testing;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

public sealed class TrainStepTests
{
    [Fact]
    public void The_step_of_a_quadratic_network_is_as_approved()
    {
        var model = new Mlp(new() { Hidden = [4], Activation = Activation.Square, Bias = false }, Small.Modular(3).Facts);
        var step = TrainStep.Of(model, 5, new AdamW(new()), new SquaredError());
        Approve.Text(GraphText.Of(step.Graph), "quadratic.step.txt");
    }

    [Fact]
    public void State_goes_in_and_comes_out_under_its_name()
    {
        var step = TrainStep.Of(Small.Mlp(Small.Modular().Facts), 5, new AdamW(new()), new CrossEntropy());
        Assert.Equal(
            ["hidden.0.weight.adam.m", "hidden.0.weight.adam.v", "hidden.0.bias.adam.m", "hidden.0.bias.adam.v", "output.weight.adam.m",
                "output.weight.adam.v", "output.bias.adam.m", "output.bias.adam.v", "adam.beta1_correction", "adam.beta2_correction"],
            step.OptimizerState.Select(state => state.Name));
        string[] carried = [.. step.Model.Parameters.Select(spec => spec.Name), .. step.OptimizerState.Select(state => state.Name)];
        Assert.Equal(carried, step.Graph.Carried.Select(pair => pair.Input));
        Assert.Equal(carried.Select(name => name + "'"), step.Graph.Carried.Select(pair => pair.Output));
        Assert.Equal(
            [.. carried, "operands", "target", "learning_rate", "weight_decay"], step.Graph.Inputs.Select(input => input.Name));
        Assert.Equal(["loss", "gradient_norm"], step.Graph.Outputs.Skip(carried.Length).Select(output => output.Name));
    }
}
