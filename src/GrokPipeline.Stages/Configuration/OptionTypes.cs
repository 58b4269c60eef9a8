using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;

namespace GrokPipeline.Stages.Configuration;

/// <summary>One option of a record of options.</summary>
/// <param name="Name">Its name in a pipeline file.</param>
/// <param name="Property">The property that holds it.</param>
internal sealed record Option(string Name, PropertyInfo Property);

/// <summary>What the binder, the schema and the canonical form agree on about types of options.</summary>
internal static class OptionTypes
{
    private static readonly ConcurrentDictionary<Type, ImmutableArray<Option>> Known = new();

    /// <summary>The options of a record: public properties with a getter and an <c>init</c> or <c>set</c>, in declaration order.</summary>
    public static ImmutableArray<Option> Of(Type record) => Known.GetOrAdd(record, static type =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.MetadataToken)
            .Select(property => new Option(SnakeCase(property.Name), property)),
    ]);

    /// <summary><c>LearningRate</c> to <c>learning_rate</c>, <c>Beta2</c> to <c>beta2</c>, <c>L2</c> to <c>l2</c>.</summary>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var upper = char.IsUpper(name[i]);
            var begins = upper && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (begins) { text.Append('_'); }
            text.Append(upper ? char.ToLowerInvariant(name[i]) : name[i]);
        }
        return text.ToString();
    }

    /// <summary>The element type of a list option; null when it is none.</summary>
    public static Type? Element(Type type)
    {
        if (type.IsArray) { return type.GetElementType(); }
        if (type == typeof(IntegerList)) { return typeof(int); }
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) ? type.GetGenericArguments()[0] : null;
    }

    /// <summary>The value type of a map with free names (a list of pairs, in the order of the text); null when it is none.</summary>
    public static Type? MapValue(Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableSortedDictionary<,>))
        {
            return type.GetGenericArguments()[1];
        }
        var element = Element(type);
        return element is { IsGenericType: true } && element.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
            && element.GetGenericArguments()[0] == typeof(string) ? element.GetGenericArguments()[1] : null;
    }

    /// <summary>What a choice chooses from; null when the type is no choice.</summary>
    public static Type? Chosen(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Choice<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>
    /// The method of one of our types that reads such a value from text, <c>FromText</c> or <c>Parse</c>; null when there is none.
    /// </summary>
    public static MethodInfo? FromText(Type type)
    {
        if (type.Namespace?.StartsWith(nameof(GrokPipeline), StringComparison.Ordinal) is not true) { return null; }
        var method = Method("FromText") ?? Method("Parse");
        return method?.ReturnType == type ? method : null;

        MethodInfo? Method(string name) => type.GetMethod(name, BindingFlags.Public | BindingFlags.Static, [typeof(string)]);
    }

    /// <summary>True for a record of options: a class of ours with a parameterless constructor and at least one option.</summary>
    public static bool IsRecord(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type != typeof(string) && !type.IsArray
        && type.GetConstructor(Type.EmptyTypes) is not null && Element(type) is null
            && (Of(type).Length > 0 || typeof(IOptions).IsAssignableFrom(type));

    /// <summary>The name of an enum's member in a pipeline file.</summary>
    public static string MemberName(Type type, object value) => SnakeCase(Enum.GetName(type, value)!);     // not null: a defined member

    /// <summary>The names of an enum's members.</summary>
    public static IEnumerable<string> MemberNames(Type type) => Enum.GetNames(type).Select(SnakeCase);
}
