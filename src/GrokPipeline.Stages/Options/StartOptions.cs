namespace GrokPipeline.Stages.Options;

/// <summary>
/// A training that begins with a checkpoint of another experiment, which is trained first: ungrokking, semi-grokking (Varma et al. 2023),
/// transfer between operations and subclasses. Its own steps count from 0.
/// </summary>
public sealed record StartOptions : IOptions
{
    /// <summary>The other experiment by name.</summary>
    public string From { get; init; } = "";

    /// <summary>Which of its checkpoints: a mark or <c>step:N</c>. Default final.</summary>
    public string Checkpoint { get; init; } = "final";

    /// <summary>
    /// keep, the default: the optimizer goes on with the state that it had there, which the other experiment must have stored
    /// (<c>checkpoints.optimizer_state</c>); reset: it begins with zeros.
    /// </summary>
    public StartOptimizer Optimizer { get; init; } = StartOptimizer.Keep;

    /// <summary>
    /// The parameters that are taken: all, the default, or a list of names, beginnings before a dot (<c>embed</c>) and patterns with *.
    /// The others get first values of the seed. A list needs <c>optimizer: reset</c>.
    /// </summary>
    public WordList Parameters { get; init; } = new(["all"]);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (From.Length == 0) { yield return new("from", "is missing: name the experiment whose checkpoint it starts with."); }
        if (Checkpoint.Length == 0) { yield return new("checkpoint", "is empty; give a mark such as final, or step:N."); }
        if (!Parameters.Is("all") && Optimizer == StartOptimizer.Keep)
        {
            yield return new("optimizer",
                "the optimizer's state can only be kept with all parameters; write optimizer: reset beside the list.");
        }
    }

    /// <summary>In words, for people.</summary>
    internal string Described(long? step)
    {
        var at = step is { } known && Checkpoint != $"step:{known}" ? $" (step {known:N0})" : "";
        var taken = Parameters.Is("all") ? "all parameters" : $"the parameters {Parameters}";
        return $"checkpoint {Checkpoint}{at} of {From}: {taken}, optimizer state {(Optimizer == StartOptimizer.Keep ? "kept" : "reset")}";
    }
}

/// <summary>What happens to the optimizer's state at a start from a checkpoint.</summary>
public enum StartOptimizer
{
    /// <summary>It goes on.</summary>
    Keep,

    /// <summary>It begins with zeros.</summary>
    Reset,
}
