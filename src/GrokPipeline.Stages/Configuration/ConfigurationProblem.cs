namespace GrokPipeline.Stages.Configuration;

/// <summary>One thing that is wrong in a configuration.</summary>
/// <param name="Place">Where.</param>
/// <param name="Path">Which option, from the top: <c>experiments.modular_addition.train.steps</c>; empty for the file itself.</param>
/// <param name="Problem">What is wrong, what is expected, and a near spelling if there is one.</param>
public sealed record ConfigurationProblem(Place Place, string Path, string Problem)
{
    /// <summary><c>pipeline.yaml:73:83  experiments.a.train.step: unknown option. Did you mean steps?</c>.</summary>
    public override string ToString() => Path.Length == 0 ? $"{Place}  {Problem}" : $"{Place}  {Path}: {Problem}";
}

/// <summary>
/// All that is wrong in a configuration; the cause below the <see cref="GrokException"/> that reports it, for those who print
/// or count the problems one by one.
/// </summary>
public sealed class ConfigurationProblemsException : Exception
{
    internal ConfigurationProblemsException(IReadOnlyList<ConfigurationProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>The problems, in the order of their places; at least one.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; }
}

/// <summary>Collects problems, so that a user sees all of them at once.</summary>
internal sealed class ProblemList
{
    private const int Shown = 50;
    private readonly List<ConfigurationProblem> _problems = [];

    /// <summary>How many so far.</summary>
    public int Count => _problems.Count;

    /// <summary>Notes a problem; of several about one option at one place, and of one in several copies, the first.</summary>
    public void Add(Place place, string path, string problem)
    {
        var known = place.Line > 0 && _problems.Exists(other => other.Place == place && (other.Problem == problem || other.Path == path));
        if (!known) { _problems.Add(new ConfigurationProblem(place, path, problem)); }
    }

    /// <summary>True when a problem was noted about an option or something in it.</summary>
    public bool Covers(string path) => _problems.Exists(other =>
        other.Path == path || (other.Path.StartsWith(path, StringComparison.Ordinal) && other.Path[path.Length] is '.' or '['));

    /// <summary>Throws when there is a problem: one line for each, in the order of the file.</summary>
    /// <exception cref="GrokException">At least one problem was noted.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count == 0) { return; }
        var ordered = _problems.OrderBy(p => p.Place.Source, StringComparer.Ordinal)
            .ThenBy(p => p.Place.Line).ThenBy(p => p.Place.Column).ToArray();
        var cause = new ConfigurationProblemsException(ordered);
        var first = ordered[0];
        if (ordered.Length == 1)
        {
            throw new GrokException(
                first.Path.Length == 0 ? first.Problem : $"{first.Path}: {first.Problem}", "", first.Place.ToString(), cause: cause);
        }
        var more = ordered.Length > Shown ? $"{Environment.NewLine}and {ordered.Length - Shown} more" : "";
        throw new GrokException(string.Join(Environment.NewLine, ordered.Take(Shown)) + more, "", cause: cause);
    }
}
