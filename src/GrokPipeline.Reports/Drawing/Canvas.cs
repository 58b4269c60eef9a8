using System.Text;

namespace GrokPipeline.Reports.Drawing;

/// <summary>Where an anchored text begins, is centred, or ends.</summary>
internal enum Anchor
{
    /// <summary>Begins at the position.</summary>
    Start,

    /// <summary>Is centred on it.</summary>
    Middle,

    /// <summary>Ends there.</summary>
    End,
}

/// <summary>
/// Builds one SVG document. Colours are classes, given by one style sheet with a light and a dark half, so that a figure looks right alone
/// and in the page.
/// </summary>
internal sealed class Canvas(int width, int height)
{
    /// <summary>The style of every figure; also part of the page's own style.</summary>
    public const string Style = """
        .plot{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;--ink:#1f2933;--soft:#5f6c7b;--grid:#e4e8ee;--a:#0072b2;--b:#d55e00;--c:#009e73;--d:#aa4499;--e:#b8860b;--f:#56b4e9}
        @media (prefers-color-scheme:dark){.plot{--ink:#e6ebf1;--soft:#9aa7b6;--grid:#2c3642;--a:#56b4e9;--b:#ff9e4a;--c:#2fd0a0;--d:#e08bd0;--e:#f0d060;--f:#9ad0f5}}
        .plot text{fill:var(--soft)}.plot .strong{fill:var(--ink);font-weight:600}.plot .grid{stroke:var(--grid);stroke-width:1}.plot .axis{stroke:var(--soft);stroke-width:1}
        .plot .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.plot .mark{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:4 3}
        .plot .s0{stroke:var(--a)}.plot .s1{stroke:var(--b)}.plot .s2{stroke:var(--c)}.plot .s3{stroke:var(--d)}.plot .s4{stroke:var(--e)}.plot .s5{stroke:var(--f)}
        .plot .f0{fill:var(--a)}.plot .f1{fill:var(--b)}.plot .f2{fill:var(--c)}.plot .f3{fill:var(--d)}.plot .f4{fill:var(--e)}.plot .f5{fill:var(--f)}.plot .fs{fill:var(--soft)}.plot .fi{fill:var(--ink)}
        """;

    /// <summary>How many colours there are; further series begin again.</summary>
    public const int Colours = 6;

    private readonly StringBuilder _body = new();

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _body.Append($"<line class=\"{style}\" x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\"/>\n");

    /// <summary>A line through points.</summary>
    public void Path(IReadOnlyList<(double X, double Y)> points, string style)
    {
        if (points.Count == 1)
        {
            Circle(points[0].X, points[0].Y, 3, style.Replace("line s", "f", StringComparison.Ordinal));
            return;
        }
        _body.Append($"<path class=\"{style}\" d=\"");
        for (var i = 0; i < points.Count; i++) { _body.Append(i == 0 ? 'M' : 'L').Append(N(points[i].X)).Append(' ').Append(N(points[i].Y)); }
        _body.Append("\"/>\n");
    }

    /// <summary>A filled rectangle, with a text that appears on hovering.</summary>
    public void Bar(double x, double y, double barWidth, double barHeight, string style, string tip) => _body.Append(
        $"<rect class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(barWidth)}\" height=\"{N(barHeight)}\"><title>{Drawing.Text.Encode(tip)}</title></rect>\n");

    /// <summary>A filled circle.</summary>
    public void Circle(double x, double y, double radius, string style) =>
        _body.Append($"<circle class=\"{style}\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\"/>\n");

    /// <summary>A small triangle that points up at a position, with a text that appears on hovering.</summary>
    public void Triangle(double x, double y, double size, string style, string tip) => _body.Append(
        $"<path class=\"{style}\" d=\"M{N(x)} {N(y)}l{N(size)} {N(size * 1.6)}h{N(-2 * size)}z\"><title>{Drawing.Text.Encode(tip)}</title></path>\n");

    /// <summary>Text.</summary>
    public void Text(double x, double y, string text, Anchor anchor = Anchor.Start, string style = "") => _body.Append(
        $"<text x=\"{N(x)}\" y=\"{N(y)}\"{Of("class", style)}{Of("text-anchor", anchor switch { Anchor.Middle => "middle", Anchor.End => "end", _ => "" })}>{Drawing.Text.Encode(text)}</text>\n");

    /// <summary>The document: with its style for a file of its own, or without for a page that has it.</summary>
    /// <param name="title">Read aloud first.</param>
    /// <param name="description">Read aloud next.</param>
    /// <param name="id">Unique in a page.</param>
    /// <param name="hover">Data of the page's script; empty for none.</param>
    public string Document(string title, string description, string id, string hover = "") =>
        $"<svg class=\"plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" "
        + $"aria-labelledby=\"{id}-t {id}-d\"{Of("data-hover", hover)}>\n<title id=\"{id}-t\">{Drawing.Text.Encode(title)}</title>\n"
        + $"<desc id=\"{id}-d\">{Drawing.Text.Encode(description)}</desc>\n<style>{Style}</style>\n{_body}</svg>\n";

    private static string N(double value) => Drawing.Text.Coordinate(value);

    private static string Of(string attribute, string value) => value.Length == 0 ? "" : $" {attribute}=\"{Drawing.Text.Encode(value)}\"";
}
