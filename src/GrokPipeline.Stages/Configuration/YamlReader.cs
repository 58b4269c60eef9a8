using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Mark = YamlDotNet.Core.Mark;

namespace GrokPipeline.Stages.Configuration;

/// <summary>
/// Reads YAML text into nodes within fixed budgets. Built on the event parser: the library's own object model recurses without a
/// limit, takes the last of two equal keys, and unfolds aliases without end.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Largest text, in bytes.</summary>
    public const int MaximumBytes = 1 << 20;

    /// <summary>Most levels of lists and maps.</summary>
    public const int MaximumDepth = 32;

    /// <summary>Most nodes, those behind aliases counted each time.</summary>
    public const int MaximumNodes = 20_000;

    private readonly string _source;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    private YamlReader(string source, string text)
    {
        _source = source;
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="GrokException">Not UTF-8, over a budget, or not one YAML document; with line and column.</exception>
    public static YamlNode Read(string source, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaximumBytes)
        {
            throw Refuse(Place.Of(source), $"the file has {utf8.Length:N0} bytes; at most {MaximumBytes:N0} are read.", "Make it smaller.");
        }
        if (utf8.StartsWith(Encoding.UTF8.Preamble)) { utf8 = utf8[Encoding.UTF8.Preamble.Length..]; }
        string text;
        try { text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8); }
        catch (DecoderFallbackException) { throw Refuse(Place.Of(source), "the file is not UTF-8 text.", "Save it as UTF-8."); }
        return Read(source, text);
    }

    /// <summary>Reads text.</summary>
    /// <exception cref="GrokException">Over a budget, or not one YAML document; with line and column.</exception>
    public static YamlNode Read(string source, string text)
    {
        RefuseHiddenCharacters(source, text);
        var reader = new YamlReader(source, text);
        try { return reader.Document(); }
        catch (YamlException error)
        {
            var cause = error.InnerException as YamlException ?? error;
            throw Refuse(reader.At(cause.Start), $"this is not YAML: {Sentence(cause.Message)}",
                "Correct the text near this place.", error);
        }
        catch (InvalidOperationException error)
        {
            // YamlDotNet's scanner loses its count of simple keys where a line of a flow map or list is indented less than its block.
            throw Refuse(reader.At(reader._scanner.CurrentPosition), "this is not YAML: a list or map in brackets is wrongly indented.",
                "Indent its lines more than the name before it, or write it on one line.", error);
        }
    }

    private YamlNode Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) { return new YamlMap(new Place(_source, 1, 1), []); }
        _parser.Consume<DocumentStart>();
        var root = Node(1);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
        {
            throw Refuse(At(_parser.Current!.Start), "a second document begins here.", "Keep one document in a file.");
        }
        return root;
    }

    private YamlNode Node(int depth)
    {
        if (!_parser.MoveNextIfNeeded(out var next)) { throw Refuse(Place.Of(_source), "the text ends too early.", "Complete it."); }
        var place = At(next.Start);
        if (depth > MaximumDepth)
        {
            throw Refuse(place, $"more than {MaximumDepth} levels of lists and maps.", "Nest less deeply.");
        }
        if (next is NodeEvent { Tag.IsEmpty: false })
        {
            throw Refuse(place, "tags are not read.", "Remove the tag (the word that begins with '!').");
        }
        var anchor = next is NodeEvent { Anchor.IsEmpty: false } anchored ? anchored.Anchor.Value : null;
        var node = next switch
        {
            AnchorAlias alias => Alias(alias, place, depth),
            Scalar scalar => Text(scalar, place),
            SequenceStart => Sequence(place, depth),
            MappingStart => Mapping(place, depth),
            _ => throw Refuse(place, "this is not a value.", "Give text, a list or a map."),
        };
        if (anchor is not null) { _anchors[anchor] = node; }
        return node;
    }

    private YamlScalar Text(Scalar scalar, Place place)
    {
        Count(1, place);
        _parser.MoveNext();
        return new YamlScalar(place, scalar.Value, scalar.Style is not ScalarStyle.Plain);
    }

    private YamlNode Alias(AnchorAlias alias, Place place, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var node))
        {
            throw Refuse(place, $"there is no anchor '&{alias.Value.Value}' before this alias.", "Define the anchor first.");
        }
        if (depth + node.Height - 1 > MaximumDepth)
        {
            throw Refuse(place, $"more than {MaximumDepth} levels of lists and maps behind this alias.", "Nest less deeply.");
        }
        Count(node.Size, place);
        _parser.MoveNext();
        return node;
    }

    private YamlList Sequence(Place place, int depth)
    {
        Count(1, place);
        _parser.MoveNext();
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) { items.Add(Node(depth + 1)); }
        return new YamlList(place, items.ToImmutable());
    }

    private YamlMap Mapping(Place place, int depth)
    {
        Count(1, place);
        _parser.MoveNext();
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var seen = new Dictionary<string, Place>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (Node(depth + 1) is not YamlScalar key)
            {
                throw Refuse(place, "a name in a map is a list or a map.", "Use plain text as name.");
            }
            if (key.Text == "<<") { throw Refuse(key.Place, "merge keys are not read.", "Use 'like: <name>' instead."); }
            if (!seen.TryAdd(key.Text, key.Place))
            {
                throw Refuse(key.Place, $"'{key.Text}' stands twice in this map, first in line {seen[key.Text].Line}.",
                    "Remove one of them.");
            }
            entries.Add(new YamlEntry(key.Text, key.Place, Node(depth + 1)));
        }
        return new YamlMap(place, entries.ToImmutable());
    }

    private void Count(int nodes, Place place)
    {
        _nodes += nodes;
        if (_nodes > MaximumNodes)
        {
            throw Refuse(place, $"more than {MaximumNodes:N0} values, those behind aliases included.", "Make the file smaller.");
        }
    }

    private Place At(Mark mark) => new(_source, checked((int)mark.Line), checked((int)mark.Column));

    // Characters that a reader of the file does not see, and that could make it say something else than it shows.
    private static void RefuseHiddenCharacters(string source, string text)
    {
        var (line, column) = (1, 1);
        foreach (var c in text)
        {
            var hidden = (char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
            if (hidden)
            {
                throw Refuse(
                    new Place(source, line, column),
                    $"the character U+{((int)c).ToString("X4", CultureInfo.InvariantCulture)} does not show.", "Remove it.");
            }
            (line, column) = c == '\n' ? (line + 1, 1) : (line, column + 1);
        }
    }

    private static string Sentence(string message)
    {
        var text = message.Trim().TrimEnd('.');
        return text.Length == 0 ? "unreadable text." : char.ToLowerInvariant(text[0]) + text[1..] + ".";
    }

    private static GrokException Refuse(Place place, string problem, string remedy, Exception? cause = null) =>
        new(problem, remedy, place.ToString(), cause: cause ?? new ConfigurationProblemsException([new(place, "", $"{problem} {remedy}")]));
}

/// <summary>Looking at the next event without consuming it.</summary>
internal static class ParserPeek
{
    /// <summary>The next event; false at the end.</summary>
    public static bool MoveNextIfNeeded(this Parser parser, out ParsingEvent next)
    {
        var there = parser.Current is not null || parser.MoveNext();
        next = parser.Current!;        // not null when there is one
        return there && next is not null;
    }
}
