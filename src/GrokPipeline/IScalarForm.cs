namespace GrokPipeline;

/// <summary>
/// Options that a pipeline file may also write as one scalar (<c>train: 0.3</c> for <c>train: { fraction: 0.3 }</c>), or as a list of
/// scalars, which is then one text joined by <c>", "</c>.
/// </summary>
/// <typeparam name="TSelf">The options themselves.</typeparam>
public interface IScalarForm<TSelf>
    where TSelf : IScalarForm<TSelf>
{
    /// <summary>Reads the short form.</summary>
    /// <exception cref="GrokException">The text is none of the short forms; the message lists them.</exception>
    static abstract TSelf FromText(string text);
}
