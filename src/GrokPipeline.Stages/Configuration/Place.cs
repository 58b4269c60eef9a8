namespace GrokPipeline.Stages.Configuration;

/// <summary>A place in a configuration: a file with line and column, or an override of the command line.</summary>
/// <param name="Source">The file's name as the user gave it, or <c>-s path</c>.</param>
/// <param name="Line">Line from 1; 0 when the source has no lines.</param>
/// <param name="Column">Column from 1; 0 when the source has no lines.</param>
public readonly record struct Place(string Source, int Line, int Column)
{
    /// <summary>A place without a line.</summary>
    public static Place Of(string source) => new(source, 0, 0);

    /// <summary><c>pipeline.yaml:12:7</c>, the form that editors and terminals turn into a link.</summary>
    public override string ToString() => Line > 0 ? $"{Source}:{Line}:{Column}" : Source;
}
