using System.Text;
using GrokPipeline.Reports.Drawing;
using GrokPipeline.Reports.Sweeps;

namespace GrokPipeline.Reports;

/// <summary>Builds HTML. All text goes through <see cref="Text.Encode"/>; only drawings and this class's own tags do not.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>What has been written.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Markup of our own, as it is.</summary>
    public Html Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>An element with text.</summary>
    public Html Element(string tag, string text, string style = "") =>
        Raw($"<{tag}{(style.Length == 0 ? "" : $" class=\"{style}\"")}>{Text.Encode(text)}</{tag}>\n");

    /// <summary>A section with a heading, which a link can point at.</summary>
    public Html Section(string id, string title, Action<Html> content)
    {
        Raw($"<section id=\"{id}\">\n").Element("h2", title);
        content(this);
        return Raw("</section>\n");
    }

    /// <summary>A table; columns whose heading begins with # are numbers, aligned right.</summary>
    public Html Table(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        Raw("<div class=\"wide\"><table>\n");
        if (caption.Length > 0) { Element("caption", caption); }
        Raw("<thead><tr>");
        foreach (var heading in headings)
        {
            Raw($"<th scope=\"col\"{(heading.StartsWith('#') ? " class=\"n\"" : "")}>{Text.Encode(heading.TrimStart('#'))}</th>");
        }
        Raw("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            Raw("<tr>");
            for (var i = 0; i < row.Count; i++)
            {
                var style = string.Join(' ', new[] { headings[i].StartsWith('#') ? "n" : "", row[i].Style }.Where(s => s.Length > 0));
                Raw($"<td{(style.Length == 0 ? "" : $" class=\"{style}\"")}>{Text.Encode(row[i].Text)}"
                    + $"{(row[i].Note.Length == 0 ? "" : $" <small>{Text.Encode(row[i].Note)}</small>")}</td>");
            }
            Raw("</tr>\n");
        }
        return Raw("</tbody></table></div>\n");
    }

    /// <summary>Names and texts.</summary>
    public Html Facts(IEnumerable<ReportFact> facts)
    {
        Raw("<dl>\n");
        foreach (var fact in facts) { Raw($"<dt>{Text.Encode(fact.Name)}</dt><dd>{Text.Encode(fact.Text)}</dd>\n"); }
        return Raw("</dl>\n");
    }

    /// <summary>A drawing with its numbers below, folded.</summary>
    public Html Figure(ReportFigure figure)
    {
        Raw($"<figure id=\"fig-{figure.Id}\">\n").Raw(figure.Svg.Replace($"<style>{Canvas.Style}</style>\n", "", StringComparison.Ordinal));
        Raw("<figcaption>").Raw(Text.Encode(figure.Alternative)).Raw("</figcaption>\n");
        return Folded("Numbers of this figure", html => html.Element("pre", Excerpt(figure.Csv))).Raw("</figure>\n");
    }

    /// <summary>A drawing with its numbers below as a table, folded.</summary>
    public Html Figure(SweepFigure figure)
    {
        const int Most = 400;
        var rest = figure.Rows.Count - Most;
        Raw($"<figure id=\"fig-{figure.File.Id}\">\n");
        Raw(figure.File.Svg.Replace($"<style>{Canvas.Style}</style>\n", "", StringComparison.Ordinal));
        Raw("<figcaption>").Raw(Text.Encode(figure.File.Alternative)).Raw("</figcaption>\n");
        return Folded("Numbers of this figure", html =>
        {
            html.Table("", figure.Headings, figure.Rows.Take(Most).Select(row => (IReadOnlyList<Cell>)[.. row.Select(text => (Cell)text)]));
            if (rest > 0) { html.Element("p", $"{Text.Count(rest)} more rows in figures/{figure.File.Id}.csv.", "soft"); }
        }).Raw("</figure>\n");
    }

    /// <summary>Something that opens on request.</summary>
    public Html Folded(string summary, Action<Html> content)
    {
        Raw("<details>").Element("summary", summary);
        content(this);
        return Raw("</details>\n");
    }

    // The whole of it lies beside the report as a file.
    private static string Excerpt(string csv)
    {
        var lines = csv.Split('\n');
        return lines.Length <= 400 ? csv : string.Join('\n', lines.Take(400)) + $"\n… {lines.Length - 401} more lines in the CSV file\n";
    }
}

/// <summary>A cell of a table.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Note">Small print after it.</param>
/// <param name="Style">A class of the page's style sheet.</param>
internal readonly record struct Cell(string Text, string Note = "", string Style = "")
{
    public static implicit operator Cell(string text) => new(text);
}
