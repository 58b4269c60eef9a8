namespace GrokPipeline.Probes;

/// <summary>Which parameters a probe reads: one by name, or <c>*</c> for all that suit it.</summary>
internal static class ParameterChoice
{
    /// <summary>The chosen parameters in ordinal order of their names.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="choice">A name, or <c>*</c>.</param>
    /// <param name="suits">What the probe can read; a parameter chosen by name that does not suit is an error.</param>
    /// <param name="need">What suits, in words, for the message.</param>
    public static IEnumerable<(string Name, Tensor Content)> Of(
        IReadOnlyDictionary<string, Tensor> parameters, string choice, Func<Tensor, bool> suits, string need)
    {
        var names = parameters.Keys.Order(StringComparer.Ordinal).ToArray();
        if (choice == "*") { return names.Where(name => suits(parameters[name])).Select(name => (name, parameters[name])); }
        if (!parameters.TryGetValue(choice, out var tensor))
        {
            throw new GrokException(
                $"The model has no parameter '{choice}'.{Spelling.Suggestion(choice, names)}", $"Use '*' or one of: {string.Join(", ", names)}.");
        }
        return suits(tensor) ? [(choice, tensor)] : throw new GrokException($"The parameter '{choice}' is {tensor.Type}; the probe needs {need}.", "Choose another one, or '*'.");
    }
}
