using System.Collections;

namespace GrokPipeline;

/// <summary>Options that can say what is wrong with them. All problems are given at once, not the first only.</summary>
public interface IOptions
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    IEnumerable<OptionProblem> Problems();
}

/// <summary>Options that know what is often written in place of theirs.</summary>
public interface IKnowsOtherNames : IOptions
{
    /// <summary>What to say of an option that is not there: the reason, and what to write. Null when nothing is known of it.</summary>
    /// <param name="option">The name as it was written.</param>
    string? Instead(string option);
}

/// <summary>One thing that is wrong with an option.</summary>
/// <param name="Option">The option's name as in a pipeline file (<c>learning_rate</c>), to point at its line.</param>
/// <param name="Problem">What is wrong, with the value in it, and what is expected.</param>
public readonly record struct OptionProblem(string Option, string Problem);

/// <summary>One line of a <see cref="Catalogue{T}"/>: a public name, its options' type, and how to make the thing.</summary>
/// <param name="Name">The name used in a pipeline file.</param>
/// <param name="OptionsType">An <see cref="IOptions"/> record with a parameterless constructor.</param>
/// <param name="Make">Makes the thing from an instance of <paramref name="OptionsType"/>.</param>
/// <typeparam name="T">What is made.</typeparam>
public sealed record CatalogueEntry<T>(string Name, Type OptionsType, Func<IOptions, T> Make);

/// <summary>The names that a pipeline file may use for one kind of thing. A visible list; nothing is scanned.</summary>
/// <typeparam name="T">What the names stand for.</typeparam>
public sealed class Catalogue<T> : IEnumerable<CatalogueEntry<T>>
{
    private readonly SortedDictionary<string, CatalogueEntry<T>> _entries = new(StringComparer.Ordinal);

    /// <summary>Makes an empty catalogue of things that messages call <paramref name="kind"/>.</summary>
    public Catalogue(string kind) => Kind = kind;

    /// <summary>What the names stand for, in words: <c>dataset</c>, <c>optimizer</c>.</summary>
    public string Kind { get; }

    /// <summary>The names, in ordinal order.</summary>
    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Adds a name; used by collection initializers.</summary>
    public void Add<TOptions>(string name, Func<TOptions, T> make)
        where TOptions : IOptions, new() =>
        _entries.Add(name, new CatalogueEntry<T>(name, typeof(TOptions), options => make((TOptions)options)));

    /// <summary>The entry of a name.</summary>
    /// <exception cref="GrokException">There is none; the message lists the names and suggests the nearest.</exception>
    public CatalogueEntry<T> Find(string name)
    {
        if (_entries.TryGetValue(name, out var entry)) { return entry; }
        throw new GrokException(
            $"There is no {Kind} named '{name}'.{Spelling.Suggestion(name, Names)}", $"Use one of: {string.Join(", ", Names)}.");
    }

    /// <inheritdoc/>
    public IEnumerator<CatalogueEntry<T>> GetEnumerator() => _entries.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
