using System.Reflection;
using System.Xml;
using System.Xml.Linq;

namespace GrokPipeline.Stages.Configuration;

/// <summary>The sentences that describe options, read from the documentation files beside the assemblies.</summary>
internal sealed class XmlDocs
{
    private readonly Dictionary<Assembly, Dictionary<string, string>> _known = [];

    /// <summary>The summary of a type; empty when there is none.</summary>
    public string Summary(Type type) => Of(type.Assembly).GetValueOrDefault($"T:{type.FullName}", "");

    /// <summary>The summary of a property; empty when there is none.</summary>
    public string Summary(PropertyInfo property) =>
        // not null: a member
        Of(property.DeclaringType!.Assembly).GetValueOrDefault($"P:{property.DeclaringType.FullName}.{property.Name}", "");

    private Dictionary<string, string> Of(Assembly assembly)
    {
        if (_known.TryGetValue(assembly, out var known)) { return known; }
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (File.Exists(path))
        {
            using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            foreach (var member in XDocument.Load(reader).Descendants("member"))
            {
                var name = (string?)member.Attribute("name");
                if (name is not null && member.Element("summary") is { } summary) { texts[name] = Plain(summary); }
            }
        }
        return _known[assembly] = texts;
    }

    private static string Plain(XElement summary)
    {
        var parts = summary.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement element when element.Attribute("cref") is { } cref => cref.Value[(cref.Value.LastIndexOf('.') + 1)..],
            XElement element when element.Attribute("name") is { } name => name.Value,
            XElement element => element.Value,
            _ => "",
        });
        return string.Join(' ', string.Concat(parts).Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));
    }
}
