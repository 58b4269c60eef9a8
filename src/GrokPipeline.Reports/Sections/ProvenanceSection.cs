using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>Where everything comes from and how to make it again.</summary>
internal static class ProvenanceSection
{
    public static void Write(Html page, ReportContent content) => page.Section("provenance", "Provenance", html =>
    {
        html.Facts(content.Provenance);
        if (!content.Files.IsEmpty)
        {
            html.Folded("Files and their hashes", inner => inner.Table(
                "", ["file", "#bytes", "SHA-256"],
                content.Files.Select(file => (IReadOnlyList<Cell>)
                    [new Cell(file.Path, Style: "mono"), Text.Count(file.Bytes), new Cell(file.Sha256, Style: "mono")])));
        }
        if (content.Configuration.Length > 0)
        {
            html.Folded("Resolved configuration", inner => inner.Element("pre", content.Configuration));
        }
    });
}
