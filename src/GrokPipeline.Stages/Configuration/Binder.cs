using System.Collections;
using System.Collections.Immutable;
using System.Reflection;

namespace GrokPipeline.Stages.Configuration;

/// <summary>
/// Turns nodes into records of options by the names of their properties. It never stops at the first problem: whatever cannot be
/// bound keeps its default, and the problem is noted with its place.
/// </summary>
internal sealed class Binder(IReadOnlyDictionary<Type, CatalogueNames> catalogues, ProblemList problems)
{
    /// <summary>The record that a node describes; its defaults where the node says nothing.</summary>
    public T Record<T>(YamlNode? node, string path)
        where T : notnull, new() =>
        (T)(node is null ? new T() : Bind(node, typeof(T), path) ?? new T());

    /// <summary>The record of a type known at run time.</summary>
    public IOptions Options(YamlNode? node, Type type, string path) =>
        (IOptions)((node is null ? null : Bind(node, type, path)) ?? Activator.CreateInstance(type)!);     // not null: a class

    /// <summary>A choice by <c>kind</c> from a catalogue.</summary>
    public Choice<T>? Choice<T>(YamlNode node, string path) => (Choice<T>?)Bind(node, typeof(Choice<T>), path);

    /// <summary>The value of a node for a type; null when it cannot be made, and then a problem was noted.</summary>
    public object? Bind(YamlNode node, Type type, string path)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return node is YamlScalar { IsNull: true } ? null : Bind(node, underlying, path);
        }
        if (OptionTypes.Chosen(type) is { } chosen) { return Chosen(node, type, chosen, path); }
        if (OptionTypes.MapValue(type) is { } value) { return Map(node, type, value, path); }
        if (OptionTypes.Element(type) is { } element) { return List(node, type, element, path); }
        if (node is YamlScalar scalar && OptionTypes.FromText(type) is { } fromText) { return Text(scalar, fromText, path); }
        if (node is YamlList { Items: var parts } && OptionTypes.FromText(type) is { } joined && parts.All(item => item is YamlScalar))
        {
            return Text(new YamlScalar(node.Place, string.Join(", ", parts.Cast<YamlScalar>().Select(part => part.Text)), false),
                joined, path);
        }
        if (OptionTypes.IsRecord(type)) { return Fill(node, type, path, []); }
        return node is YamlScalar text ? Scalar(text, type, path) : Problem(node, path, $"is {node.Kind}; give {Scalars.Expected(type)}.");
    }

    private object? Problem(YamlNode node, string path, string text)
    {
        problems.Add(node.Place, path, text);
        return null;
    }

    private object? Scalar(YamlScalar scalar, Type type, string path) =>
        Scalars.TryRead(scalar.Text, type, out var value, out var expected)
            ? value
            : Problem(scalar, path, $"is {scalar.Kind}; give {expected}.");

    private object? Text(YamlScalar scalar, MethodInfo fromText, string path)
    {
        try { return fromText.Invoke(null, [scalar.Text]); }
        catch (TargetInvocationException error) when (error.InnerException is GrokException problem)
        {
            return Problem(scalar, path, $"{problem.Problem} {problem.Remedy}".Trim());
        }
        catch (TargetInvocationException error) when (error.InnerException is FormatException or ArgumentException or OverflowException)
        {
            return Problem(scalar, path, $"is {scalar.Kind}: {error.InnerException.Message}");
        }
    }

    private object? List(YamlNode node, Type type, Type element, string path)
    {
        if (node is not YamlList list) { return Problem(node, path, $"is {node.Kind}; give a list, for instance [a, b]."); }
        var items = list.Items.Select((item, i) => Bind(item, element, $"{path}[{i}]")).Where(item => item is not null).ToArray();
        var array = Array.CreateInstance(element, items.Length);
        Array.Copy(items, array, items.Length);
        if (type == typeof(IntegerList)) { return IntegerList.Create((int[])array); }
        return type.IsArray ? array : Immutable(array, element);
    }

    private object? Map(YamlNode node, Type type, Type value, string path)
    {
        if (node is not YamlMap map) { return Problem(node, path, $"is {node.Kind}; give a map of names."); }
        var bound = map.Entries.Select(entry => (entry.Key, Value: Bind(entry.Value, value, Substitution.Join(path, entry.Key))))
            .Where(pair => pair.Value is not null).ToArray();
        if (OptionTypes.Element(type) is not { } pair)
        {
            var sorted = (IDictionary)Activator.CreateInstance(
                typeof(SortedDictionary<,>).MakeGenericType(typeof(string), value), StringComparer.Ordinal)!;
            foreach (var (key, item) in bound) { sorted.Add(key, item); }
            var make = typeof(Binder).GetMethod(nameof(Sorted), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(value);
            return make.Invoke(null, [sorted]);
        }
        var array = Array.CreateInstance(pair, bound.Length);
        for (var i = 0; i < bound.Length; i++) { array.SetValue(Activator.CreateInstance(pair, bound[i].Key, bound[i].Value), i); }
        return type.IsArray ? array : Immutable(array, pair);
    }

    private static object? Immutable(Array array, Type element) =>
        typeof(Binder).GetMethod(nameof(Wrap), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(element)
            .Invoke(null, [array]);

    private static ImmutableArray<T> Wrap<T>(T[] items) => [.. items];

    private static ImmutableSortedDictionary<string, T> Sorted<T>(SortedDictionary<string, T> items) =>
        items.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private object? Chosen(YamlNode node, Type type, Type chosen, string path)
    {
        if (!catalogues.TryGetValue(chosen, out var catalogue))
        {
            throw new InvalidOperationException($"No catalogue of {chosen.Name} was registered.");
        }
        var map = node as YamlMap;
        var kind = map?["kind"] ?? node;
        if (kind is not YamlScalar { IsNull: false } name || (map is not null && map["kind"] is null))
        {
            return Problem(node, path,
                $"has no 'kind'. Use one of: {string.Join(", ", catalogue.Options.Keys.Order(StringComparer.Ordinal))}.");
        }
        if (!catalogue.Options.TryGetValue(name.Text, out var options))
        {
            var known = string.Join(", ", catalogue.Options.Keys.Order(StringComparer.Ordinal));
            return Problem(
                name, map is null ? path : $"{path}.kind",
                $"there is no {catalogue.Kind} named '{name.Text}'.{DidYouMean.Of(name.Text, catalogue.Options.Keys)} "
                + $"Use one of: {known}.");
        }
        var bound = map is null ? Activator.CreateInstance(options) : Fill(map, options, path, ["kind"]);
        return bound is null ? null : Activator.CreateInstance(type, name.Text, bound);
    }

    /// <summary>A record from a map; <paramref name="besides"/> are names in the map that are not its options.</summary>
    public object? Fill(YamlNode node, Type type, string path, ReadOnlySpan<string> besides)
    {
        if (node is YamlScalar { IsNull: true }) { node = new YamlMap(node.Place, []); }
        if (node is not YamlMap map)
        {
            var options = string.Join(", ", OptionTypes.Of(type).Select(option => option.Name));
            return Problem(node, path, $"is {node.Kind}; give a map of options: {options}.");
        }
        var record = Activator.CreateInstance(type)!;                            // not null: a class
        var known = OptionTypes.Of(type);
        foreach (var entry in map.Entries)
        {
            if (besides.Contains(entry.Key)) { continue; }
            var at = Substitution.Join(path, entry.Key);
            if (known.FirstOrDefault(option => option.Name == entry.Key) is not { } option)
            {
                Unknown(entry, at, known, besides, (record as IKnowsOtherNames)?.Instead(entry.Key));
                continue;
            }
            if (entry.Value is YamlScalar { IsNull: true } && OptionTypes.MapValue(option.Property.PropertyType) is null) { continue; }
            if (Bind(entry.Value, option.Property.PropertyType, at) is { } value) { option.Property.SetValue(record, value); }
        }
        if (record is IOptions checkable) { Check(checkable, map, path); }
        return record;
    }

    private void Unknown(YamlEntry entry, string path, ImmutableArray<Option> known, ReadOnlySpan<string> besides, string? instead)
    {
        string[] names = [.. known.Select(option => option.Name), .. besides];
        var hint = instead is null ? DidYouMean.Of(entry.Key, names) : $" {instead}";
        if (hint.Length == 0) { hint = names.Length == 0 ? " It has no options." : $" Known: {string.Join(", ", names)}."; }
        problems.Add(entry.KeyPlace, path, $"unknown option.{hint}");
    }

    private void Check(IOptions options, YamlMap map, string path)
    {
        foreach (var problem in options.Problems())
        {
            YamlNode place = map;
            foreach (var part in problem.Option.Split('.'))
            {
                if ((place as YamlMap)?[part] is not { } inner) { break; }
                place = inner;
            }
            var at = problem.Option.Length == 0 ? path : Substitution.Join(path, problem.Option);
            // What was given and could not be read keeps its default, about which nothing is to be said.
            if (problem.Option.Length == 0 || !problems.Covers(at)) { problems.Add(place.Place, at, problem.Problem); }
        }
    }
}
