namespace GrokPipeline.Stages.Running;

/// <summary>Small matters of wording.</summary>
internal static class Words
{
    /// <summary><c>1 model</c>, <c>2 models</c>.</summary>
    public static string Count(int count, string thing) => $"{count} {thing}{(count == 1 ? "" : "s")}";
}
