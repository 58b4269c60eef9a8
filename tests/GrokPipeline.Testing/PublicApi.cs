using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace GrokPipeline.Testing;

/// <summary>What a library shows to the outside, as text that can be approved.</summary>
public static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Public types by name, and under each its public and protected members, in ordinal order.</summary>
    /// <remarks>What the compiler adds to every record (equality, printing, cloning) is left out: it says nothing that <c>record</c> does not.</remarks>
    public static string Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    internal static string Of(IEnumerable<Type> types)
    {
        var text = new StringBuilder();
        var space = "";
        foreach (var type in types.OrderBy(type => type.Namespace, StringComparer.Ordinal).ThenBy(type => type.FullName, StringComparer.Ordinal))
        {
            if (type.Namespace != space) text.Append("namespace ").Append(space = type.Namespace ?? "").Append('\n');
            text.Append(Heading(type)).Append('\n');
            if (typeof(Delegate).IsAssignableFrom(type)) continue;
            foreach (var line in Members(type).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) text.Append("    ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string Heading(Type type)
    {
        var invoke = typeof(Delegate).IsAssignableFrom(type) ? type.GetMethod("Invoke") : null;
        if (invoke is not null) return $"delegate {Name(invoke.ReturnType)} {Name(type)}({Parameters(invoke)})";
        var bases = new List<string>();
        if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object)) bases.Add(Name(parent));
        bases.AddRange(Direct(type).Where(one => !IsNoise(one, type)).Select(Name).Order(StringComparer.Ordinal));
        return $"{Kind(type)} {Name(type)}{(bases.Count == 0 || type.IsEnum ? "" : " : " + string.Join(", ", bases))}";
    }

    private static IEnumerable<Type> Direct(Type type) =>
        type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(one => one.IsVisible);

    /// <summary>An interface that another one brings along, or that every record has.</summary>
    private static bool IsNoise(Type one, Type type) =>
        (IsRecord(type) && one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEquatable<>))
        || Direct(type).Any(other => other != one && other.GetInterfaces().Contains(one));

    private static string Kind(Type type)
    {
        if (type.IsEnum) return "enum";
        if (type.IsInterface) return "interface";
        if (type.IsValueType)
        {
            var isReadOnly = type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "";
            return $"{isReadOnly}{(type.IsByRefLike ? "ref " : "")}{(IsRecord(type) ? "record " : "")}struct";
        }
        var modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        return $"{modifier}{(IsRecord(type) ? "record" : "class")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            foreach (var name in Enum.GetNames(type)) yield return $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}";
            yield break;
        }
        foreach (var field in type.GetFields(Declared).Where(field => IsVisible(field.Attributes)))
        {
            var modifier = field.IsLiteral ? "const " : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}";
            yield return $"{modifier}{Name(field.FieldType)} {field.Name}";
        }
        foreach (var constructor in type.GetConstructors(Declared).Where(one => !one.IsStatic && IsVisible(one) && !IsCopy(one, type)))
        {
            yield return $"{Access(constructor)}new({Parameters(constructor)})";
        }
        foreach (var property in type.GetProperties(Declared))
        {
            if (Property(property) is { } line) yield return line;
        }
        foreach (var @event in type.GetEvents(Declared).Where(one => one.AddMethod is { } add && IsVisible(add)))
        {
            yield return $"event {Name(@event.EventHandlerType!)} {@event.Name}";        // an event has a handler type
        }
        foreach (var method in type.GetMethods(Declared).Where(one => IsVisible(one) && !IsAccessor(one) && !IsGenerated(one, type)))
        {
            var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
            yield return $"{Access(method)}{Modifier(method)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
        }
    }

    private static string? Property(PropertyInfo property)
    {
        var accessors = new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>().Where(IsVisible).ToArray();
        if (accessors.Length == 0 || property.Name == "EqualityContract") return null;
        var get = property.GetMethod is { } getter && IsVisible(getter) ? "get; " : "";
        var isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var set = property.SetMethod is { } setter && IsVisible(setter) ? isInit ? "init; " : "set; " : "";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var index = string.Join(", ", property.GetIndexParameters().Select(Parameter));
        var name = index.Length == 0 ? property.Name : $"this[{index}]";
        return $"{Access(accessors[0])}{Modifier(accessors[0])}{required}{Name(property.PropertyType)} {name} {{ {get}{set}}}";
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsCopy(ConstructorInfo one, Type type) =>
        IsRecord(type) && one.GetParameters() is [var only] && only.ParameterType == type;

    private static bool IsGenerated(MethodInfo method, Type type) =>
        method.Name.StartsWith('<') || (IsRecord(type) && (method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name == "Deconstruct"));

    /// <summary>Records are known by what the compiler writes for them: a printing method, and for classes a clone method.</summary>
    private static bool IsRecord(Type type) =>
        type.GetMethod("PrintMembers", Declared, [typeof(StringBuilder)]) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute))
        || type.GetMethod("<Clone>$", Declared) is not null;

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifier(MethodInfo method)
    {
        if (method.DeclaringType is { IsInterface: true }) return method.IsStatic ? method.IsAbstract ? "static abstract " : "static " : "";
        var isOverride = method.GetBaseDefinition() != method;
        if (method.IsStatic) return "static ";
        if (method.IsAbstract) return isOverride ? "abstract override " : "abstract ";
        if (isOverride) return method.IsFinal ? "sealed override " : "override ";
        return method is { IsVirtual: true, IsFinal: false } && !method.DeclaringType!.IsSealed ? "virtual " : "";       // members have a type
    }

    private static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return extension + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var modifier = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        var variable = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        return $"{variable}{modifier}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Default(parameter) : "")}";
    }

    private static string Default(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IFormattable value => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        var other => other.ToString() ?? "",
    };

    private static string Name(Type type)
    {
        if (type.IsByRef || type.IsPointer) return Name(type.GetElementType()!) + (type.IsPointer ? "*" : "");           // both have one
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";           // an array has one
        if (type.IsGenericParameter) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        if (Keywords.TryGetValue(type, out var keyword)) return keyword;
        var name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;                                // nested: has one
        var arity = name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? name : $"{name[..arity]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }

    private static Dictionary<Type, string> Keywords { get; } = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(char)] = "char",
        [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int",
        [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
    };
}
