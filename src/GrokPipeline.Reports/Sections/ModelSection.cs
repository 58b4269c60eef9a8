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
                "p", "Each file was opened in ONNX Runtime and compared with the training engine: its outputs and the values in between, "
                + "on rows of each distribution, at several batch sizes. A difference is a share of the value's largest magnitude.",
                "soft");
            html.Table(
                "", ["file of", "#step", "inputs", "#values", "#distributions", "worst", "on", "#difference", "#same largest logit"],
                content.Parity.GroupBy(parity => (parity.Step, parity.Inputs)).Select(file => Summary([.. file])));
            html.Folded("Every value on every distribution", inner => inner.Table(
                "", ["file of", "#step", "inputs", "value", "on", "#largest difference", "#relative", "#same largest entry", "where"],
                content.Parity.Select(parity => (IReadOnlyList<Cell>)
                [
                    Marks.Words(parity.Mark), Text.Count(parity.Step), parity.Inputs, parity.Output, parity.Distribution,
                    Text.Number(parity.LargestAbsolute), Text.Number(parity.LargestRelative), Text.Number(parity.Agreement), parity.Place,
                ])));
        });
    }

    private static IReadOnlyList<Cell> Summary(ReportParity[] file)
    {
        var worst = file.MaxBy(parity => parity.LargestRelative)!;                    // not null: a group has members
        var logits = file.Where(parity => parity.Output == "logits").Select(parity => parity.Agreement).DefaultIfEmpty(double.NaN).Min();
        return
        [
            Marks.Words(worst.Mark), Text.Count(worst.Step), worst.Inputs, Text.Count(file.DistinctBy(parity => parity.Output).Count()),
            Text.Count(file.DistinctBy(parity => parity.Distribution).Count()), new Cell(worst.Output, worst.Place), worst.Distribution,
            Text.Number(worst.LargestRelative), Text.Number(logits),
        ];
    }
}
