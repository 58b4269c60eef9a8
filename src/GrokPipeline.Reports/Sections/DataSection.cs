using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>The cards of the datasets.</summary>
internal static class DataSection
{
    public static void Write(Html page, ReportContent content)
    {
        if (content.Data.IsEmpty) { return; }
        page.Section("data", "Data", html =>
        {
            foreach (var card in content.Data)
            {
                html.Element("h3", card.Name).Facts(card.Facts).Table(
                    "",
                    [
                        "split or shift", "kind", "#rows", "#also in train", "#twin in train", "#wrong label", "rows per class or group",
                        "content (SHA-256)",
                    ],
                    card.Splits.Select(split => (IReadOnlyList<Cell>)
                    [
                        split.Name, split.Kind, Text.Count(split.Rows), Text.Count(split.OverlapWithTrain), Text.Count(split.TwinsInTrain),
                        Text.Count(split.WrongLabels), split.Counts,
                        new Cell(split.ContentHash[..Math.Min(16, split.ContentHash.Length)], Style: "mono"),
                    ]));
            }
        });
    }
}
