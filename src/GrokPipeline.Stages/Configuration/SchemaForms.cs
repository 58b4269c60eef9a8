using System.Text.Json.Nodes;

namespace GrokPipeline.Stages.Configuration;

/// <summary>From types of options to JSON schema. Any value may also be a reference to a parameter.</summary>
internal sealed class SchemaForms(IReadOnlyDictionary<Type, CatalogueNames> catalogues)
{
    private const string Reference = "^.*\\$\\{params\\.[^}]+\\}.*$";
    private readonly SortedDictionary<string, JsonObject?> _definitions = new(StringComparer.Ordinal);
    private readonly XmlDocs _docs = new();

    /// <summary>The form of a type.</summary>
    public JsonObject Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) { return Of(underlying); }
        if (OptionTypes.Chosen(type) is { } chosen) { return Choice(catalogues[chosen]); }
        if (OptionTypes.MapValue(type) is { } value)
        {
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(value) };
        }
        if (OptionTypes.Element(type) is { } element)
        {
            return OrReference(new JsonObject { ["type"] = "array", ["items"] = Of(element) });
        }
        if (OptionTypes.IsRecord(type))
        {
            return OptionTypes.FromText(type) is null
                ? Defined(type)
                : new JsonObject
                {
                    ["anyOf"] =
                    new JsonArray(Defined(type), Text(), new JsonObject { ["type"] = "number" }, new JsonObject { ["type"] = "array" })
                };
        }
        if (typeof(IListForm).IsAssignableFrom(type) || type == typeof(Probes.ActivationList))
        {
            return new JsonObject
            {
                ["anyOf"] = new JsonArray(Text(), new JsonObject { ["type"] = "array", ["items"] = Text() })
            };
        }
        if (OptionTypes.FromText(type) is not null) { return new JsonObject { ["type"] = new JsonArray("string", "number") }; }
        if (type.IsEnum)
        {
            return OrReference(new JsonObject
            {
                ["enum"] =
                new JsonArray([.. OptionTypes.MemberNames(type).Select(name => (JsonNode)name)])
            });
        }
        if (type == typeof(bool)) { return OrReference(new JsonObject { ["type"] = "boolean" }); }
        if (type == typeof(string)) { return new JsonObject { ["type"] = new JsonArray("string", "number") }; }
        var whole = type == typeof(int) || type == typeof(long) || type == typeof(ulong) || type == typeof(uint);
        return OrReference(new JsonObject { ["type"] = whole ? "integer" : "number" });
    }

    /// <summary>The form of a record with one more text among its options.</summary>
    public JsonObject Extended(Type type, string name, string description)
    {
        var form = Members(type);
        // not null: a record
        ((JsonObject)form["properties"]!)[name] = new JsonObject { ["type"] = "string", ["description"] = description };
        return form;
    }

    /// <summary>The form of a choice: a name alone, or a map with <c>kind</c> and the options of that kind.</summary>
    public JsonObject Choice(CatalogueNames catalogue)
    {
        var forms = new JsonArray { new JsonObject { ["enum"] =
            new JsonArray([.. catalogue.Options.Keys.Order(StringComparer.Ordinal).Select(name => (JsonNode)name)]) } };
        foreach (var (name, type) in catalogue.Options.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var form = Members(type);
            // not null: a record
            ((JsonObject)form["properties"]!)["kind"] = new JsonObject { ["const"] = name };
            forms.Add((JsonNode)form);
        }
        return new JsonObject { ["anyOf"] = forms };
    }

    /// <summary>The records that forms refer to.</summary>
    public JsonObject Definitions() => new(_definitions.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    private JsonObject Defined(Type type)
    {
        var name = OptionTypes.SnakeCase(type.Name);
        if (!_definitions.ContainsKey(name))
        {
            _definitions[name] = null;                                          // so that a record that holds itself ends
            _definitions[name] = Members(type);
        }
        return new JsonObject { ["$ref"] = $"#/definitions/{name}" };
    }

    private JsonObject Members(Type type)
    {
        var properties = new JsonObject();
        foreach (var option in OptionTypes.Of(type))
        {
            var form = Of(option.Property.PropertyType);
            var text = _docs.Summary(option.Property);
            if (text.Length > 0)
            {
                // Beside a $ref other words are not read.
                if (form.ContainsKey("$ref")) { form = new JsonObject { ["allOf"] = new JsonArray(form) }; }
                form["description"] = text;
            }
            properties[option.Name] = form;
        }
        var members = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (_docs.Summary(type) is { Length: > 0 } summary) { members["description"] = summary; }
        return members;
    }

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject OrReference(JsonObject form) =>
        new() { ["anyOf"] = new JsonArray(form, new JsonObject { ["type"] = "string", ["pattern"] = Reference }) };
}
