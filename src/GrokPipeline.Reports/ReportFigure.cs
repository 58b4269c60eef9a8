namespace GrokPipeline.Reports;

/// <summary>A figure in all its forms; the same content gives the same bytes.</summary>
/// <param name="Id">File name without ending: letters, digits, <c>-</c>.</param>
/// <param name="Title">What it shows, in a few words.</param>
/// <param name="Alternative">What it shows, in a sentence for who cannot see it.</param>
/// <param name="Svg">A complete SVG document.</param>
/// <param name="Csv">Its numbers, with a header line.</param>
public sealed record ReportFigure(string Id, string Title, string Alternative, string Svg, string Csv);
