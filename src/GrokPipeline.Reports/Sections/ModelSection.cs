using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>The model, and how far its exported files are from the engine that trained it.</summary>
internal static class ModelSection
{
    public static void Write(Html page, ReportContent content)
    {
        if (content.Model.IsEmpty && content.Parity.IsEmpty) { return; }
        page.Section("model", "Model and export", html =>
        {
            html.Facts(content.Model);
            if (content.Parity.IsEmpty) { return; }
            html.Element("h3", "Exported files against the training engine").Element(
                "p", "Each file was opened in ONNX Runtime and compared with the training engine on real rows, at several batch sizes.", "soft");
            html.Table(
                "", ["file of", "#step", "output", "#largest difference", "#relative to the largest value", "#same largest entry"],
                content.Parity.Select(parity => (IReadOnlyList<Cell>)
                [
                    Marks.Words(parity.Mark), Text.Count(parity.Step), parity.Output, Text.Number(parity.LargestAbsolute),
                    Text.Number(parity.LargestRelative), Text.Number(parity.Agreement),
                ]));
        });
    }
}
