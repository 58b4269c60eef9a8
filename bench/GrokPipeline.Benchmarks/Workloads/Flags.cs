using System.Globalization;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>Options of a verb: <c>--rounds 5</c>; some without a value.</summary>
internal sealed class Flags
{
    private readonly ILookup<string, string> _values;

    /// <summary>Reads arguments.</summary>
    /// <exception cref="GrokException">One is unknown or has no value.</exception>
    public Flags(string[] args, string[] valued, params string[] bare)
    {
        var found = new List<(string Name, string Value)>();
        for (var i = 0; i < args.Length; i++)
        {
            if (bare.Contains(args[i])) { found.Add((args[i], "")); }
            else if (valued.Contains(args[i]) && i + 1 < args.Length) { found.Add((args[i], args[++i])); }
            else
            {
                throw new GrokException($"'{args[i]}' is no option, or has no value.", $"Use {string.Join(", ", valued.Concat(bare))}.");
            }
        }
        _values = found.ToLookup(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
    }

    /// <summary>True when it was given.</summary>
    public bool Has(string name) => _values.Contains(name);

    /// <summary>All its values.</summary>
    public string[] All(string name) => [.. _values[name]];

    /// <summary>Its value, or another.</summary>
    public string Text(string name, string otherwise) => _values[name].LastOrDefault(otherwise);

    /// <summary>Its value, or another.</summary>
    public double Number(string name, double otherwise) =>
        Has(name) ? double.Parse(_values[name].Last(), CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Its value, or another.</summary>
    public int Whole(string name, int otherwise) => Has(name) ? int.Parse(_values[name].Last(), CultureInfo.InvariantCulture) : otherwise;
}
