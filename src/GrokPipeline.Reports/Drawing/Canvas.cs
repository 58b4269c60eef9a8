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
        .plot .cell{stroke:var(--soft);stroke-width:1}.plot .none{fill:none}.plot .pg{fill:#009e73}.plot .pc{fill:#56b4e9}.plot .pm{fill:#e69f00}.plot .px{fill:#c3c9d1}.plot .pl{fill:#cc79a7}
        .plot .on{fill:#10161c}.plot .off{fill:#fff}.plot .big{font-size:14px;font-weight:650}.plot .tiny{font-size:10.5px}.plot .hatch{stroke:var(--soft);stroke-width:1.5;opacity:.45}
        .plot .open{fill:none;stroke-width:1.5}.plot .thin{stroke-width:1.2}.plot .k1{stroke-dasharray:8 4}.plot .k2{stroke-dasharray:2 4}.plot .k3{stroke-dasharray:10 4 2 4}.plot .k4{stroke-dasharray:5 3}.plot .dots{fill:none;stroke-width:6;stroke-linecap:round}
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

    /// <summary>A cell of a map, with a text that appears on hovering.</summary>
    /// <param name="x">Left.</param>
    /// <param name="y">Top.</param>
    /// <param name="cellWidth">Width.</param>
    /// <param name="cellHeight">Height.</param>
    /// <param name="fill">A class of the style, or a colour that begins with <c>#</c>; empty for an outline alone.</param>
    /// <param name="tip">The text.</param>
    public void Cell(double x, double y, double cellWidth, double cellHeight, string fill, string tip)
    {
        var colour = fill.StartsWith('#') ? $"class=\"cell\" fill=\"{fill}\"" : $"class=\"cell {(fill.Length == 0 ? "none" : fill)}\"";
        _body.Append($"<rect {colour} x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(cellWidth)}\" height=\"{N(cellHeight)}\">")
            .Append($"<title>{Drawing.Text.Encode(tip)}</title></rect>\n");
    }

    /// <summary>A rectangle in a colour, without an outline.</summary>
    public void Swatch(double x, double y, double swatchWidth, double swatchHeight, string colour) => _body.Append(
        $"<rect fill=\"{colour}\" x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(swatchWidth)}\" height=\"{N(swatchHeight)}\"/>\n");

    /// <summary>Diagonal lines over a rectangle. They are drawn one by one: a pattern needs an identity that is unique in a page.</summary>
    public void Hatch(double x, double y, double hatchWidth, double hatchHeight)
    {
        const double Distance = 7;
        _body.Append("<path class=\"hatch\" d=\"");
        for (var along = Distance; along < hatchWidth + hatchHeight; along += Distance)
        {
            var (left, top) = (Math.Max(0, along - hatchHeight), Math.Max(0, along - hatchWidth));
            _body.Append($"M{N(x + left)} {N(y + along - left)}L{N(x + along - top)} {N(y + top)}");
        }
        _body.Append("\"/>\n");
    }

    /// <summary>A small triangle that points up around a position, not filled, with a text that appears on hovering.</summary>
    public void OpenTriangle(double x, double y, double size, string style, string tip) =>
        _body.Append($"<path class=\"open {style}\" d=\"M{N(x)} {N(y - size)}l{N(size)} {N(size * 1.8)}h{N(-2 * size)}z\">")
            .Append($"<title>{Drawing.Text.Encode(tip)}</title></path>\n");

    /// <summary>A filled circle with a text that appears on hovering.</summary>
    public void Dot(double x, double y, double radius, string style, string tip) => _body.Append(
        $"<circle class=\"{style}\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\"><title>{Drawing.Text.Encode(tip)}</title></circle>\n");

    /// <summary>A filled circle.</summary>
    public void Circle(double x, double y, double radius, string style) =>
        _body.Append($"<circle class=\"{style}\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\"/>\n");

    /// <summary>A small triangle that points up at a position, with a text that appears on hovering.</summary>
    public void Triangle(double x, double y, double size, string style, string tip) => _body.Append(
        $"<path class=\"{style}\" d=\"M{N(x)} {N(y)}l{N(size)} {N(size * 1.6)}h{N(-2 * size)}z\"><title>{Drawing.Text.Encode(tip)}</title></path>\n");

    /// <summary>Text.</summary>
    public void Text(double x, double y, string text, Anchor anchor = Anchor.Start, string style = "") => _body.Append(
        $"<text x=\"{N(x)}\" y=\"{N(y)}\"{Of("class", style)}{Of("text-anchor", anchor switch { Anchor.Middle => "middle", Anchor.End => "end", _ => "" })}>{Drawing.Text.Encode(text)}</text>\n");

    /// <summary>Markup of our own, as it is.</summary>
    public void Markup(string markup) => _body.Append(markup);

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
