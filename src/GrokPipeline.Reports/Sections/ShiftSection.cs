using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>How far each distribution is from train.</summary>
internal static class ShiftSection
{
    private static readonly (string On, string Measure, string Heading)[] Columns =
    [
        ("class", "total_variation", "TV of classes"), ("class", "kl", "KL of classes"), ("class", "jensen_shannon", "JS of classes"),
        ("group", "total_variation", "TV of groups"), ("group", "kl", "KL of groups"),
        ("group", "jensen_shannon", "JS of groups"), ("features", "energy_distance", "energy distance"), ("features", "mmd2", "MMD²"),
        ("features", "classifier_accuracy", "classifier"),
    ];

    public static void Write(Html page, ReportContent content)
    {
        if (content.Shifts.IsEmpty) { return; }
        page.Section("shifts", "Shift from train", html =>
        {
            html.Element("p", "TV: total variation, from 0 to 1. KL of the distribution from train, and JS, in nats; "
                + "each above 0 by chance too: \"by chance\" is its mean over relabelled rows, "
                + "p the share of these with as much. Energy distance and "
                + "MMD² are unbiased estimates on a sample of inputs (0 means equal; p from a permutation test). Classifier: held-out "
                + "accuracy of a logistic regression that tells rows of train from rows of the distribution; 0.5 means that it cannot.",
                "soft");
            var columns = Columns.Where(column => content.Shifts.Any(shift => Is(shift, column))).ToArray();
            html.Table("", ["distribution", .. columns.Select(column => "#" + column.Heading)],
                content.Shifts.Select(shift => shift.Distribution).Distinct().Select(distribution => (IReadOnlyList<Cell>)
                [
                    distribution, .. columns.Select(column => Of(content.Shifts.FirstOrDefault(
                        shift => shift.Distribution == distribution && Is(shift, column)))),
                ]));
        });
    }

    private static bool Is(ReportShift shift, (string On, string Measure, string Heading) column) =>
        shift.On == column.On && shift.Measure == column.Measure;

    private static Cell Of(ReportShift? shift) => shift is null
        ? "–"
        : new Cell(Text.Number(shift.Value), !double.IsNaN(shift.PValue)
            ? $"p = {Text.Number(shift.PValue)}{(double.IsNaN(shift.Expected) ? "" : $", by chance {Text.Number(shift.Expected)}")}"
            : double.IsNaN(shift.Low) ? "" : $"[{Text.Number(shift.Low)}, {Text.Number(shift.High)}]");
}
