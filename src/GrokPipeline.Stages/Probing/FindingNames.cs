using GrokPipeline.Probes;

namespace GrokPipeline.Stages.Probing;

/// <summary>
/// The names of what probes find in one checkpoint. Each number has its own: two under one name would be taken for repetitions.
/// </summary>
internal sealed class FindingNames
{
    private readonly Dictionary<(string Probe, string Target, string Name, string Control, int Repeat), int> _owners = [];

    /// <summary>What the probes find in a checkpoint, in their order.</summary>
    public static ProbeFinding[] All(IReadOnlyList<Probes.Probe> probes, Func<Probes.Probe, IEnumerable<ProbeFinding>> run)
    {
        var names = new FindingNames();
        return [.. probes.SelectMany((probe, i) => names.Take(i, run(probe)))];
    }

    /// <summary>The findings of a probe, whose names are now taken.</summary>
    /// <param name="number">The probe's place among all, from 0.</param>
    /// <param name="findings">What it found.</param>
    /// <exception cref="GrokException">A name is taken already.</exception>
    public ProbeFinding[] Take(int number, IEnumerable<ProbeFinding> findings)
    {
        ProbeFinding[] taken = [.. findings];
        foreach (var found in taken)
        {
            if (_owners.TryAdd((found.Probe, found.Target, found.Name, found.Control, found.Repeat), number)) { continue; }
            var owner = _owners[(found.Probe, found.Target, found.Name, found.Control, found.Repeat)];
            throw new GrokException(
                (owner == number
                    ? $"Probe {number + 1} ({found.Probe}) finds"
                    : $"Probes {owner + 1} and {number + 1} (both {found.Probe}) find")
                + $" '{found.Name}' of '{found.Target}' twice, and the table could not tell the two apart.",
                owner == number ? "Name each thing once in its options." : "Leave one of them out, or let them read different things.");
        }
        return taken;
    }
}
