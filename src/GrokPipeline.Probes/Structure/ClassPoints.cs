namespace GrokPipeline.Probes.Structure;

/// <summary>The last layer's vector for each class, a column of its matrix.</summary>
internal static class ClassPoints
{
    private static readonly string[] _names = ["unembed.weight", "output.weight"];

    /// <summary>The matrix's name.</summary>
    /// <exception cref="GrokException">The model has none.</exception>
    public static string NameIn(IReadOnlyDictionary<string, Tensor> parameters, string probe) =>
        _names.FirstOrDefault(parameters.ContainsKey) ?? throw new GrokException(
            $"The probe '{probe}' needs the last layer's matrix, {string.Join(" or ", _names)}.", "Name a matrix under 'parameter'.");

    /// <summary>One vector for each of the first classes.</summary>
    /// <exception cref="GrokException">The model has no such matrix, or fewer classes.</exception>
    public static double[][] Of(IReadOnlyDictionary<string, Tensor> parameters, string probe, int classes)
    {
        var name = NameIn(parameters, probe);
        var (height, width) = (parameters[name].Shape[0], parameters[name].Shape[1]);
        if (width < classes)
        {
            throw new GrokException(
                $"'{name}' has {width} columns; the probe '{probe}' needs one for each of {classes} classes.",
                "Use the dataset of the training.");
        }
        var values = parameters[name].AsSpan<float>().ToArray();
        return [.. Enumerable.Range(0, classes).Select(
            column => Enumerable.Range(0, height).Select(row => (double)values[(row * width) + column]).ToArray())];
    }
}
