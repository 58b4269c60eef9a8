namespace GrokPipeline.Evaluation.Scores;

/// <summary>4096 cells of equal width over log-odds from −40 to 40; what lies beyond counts with the outermost.</summary>
internal static class LogGrid
{
    /// <summary>How many cells there are.</summary>
    internal const int Cells = 4096;

    private const double Half = 40;

    /// <summary>The cell of a number that is not NaN.</summary>
    internal static int CellOf(double logOdds) => (int)Math.Clamp((logOdds + Half) * (Cells / (2 * Half)), 0, Cells - 1);
}
