using GrokPipeline.Data;
using GrokPipeline.Evaluation.Shifts;
using GrokPipeline.Evaluation.Sweeps;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// How far the train split of each member is from its split of generalization. The splits are made again, since a table is a function of
/// its options; once for members with the same data. Members that differ in no option of the data, the seed apart, have no shift to
/// compare: what differs then is chance. Nor is there one of real targets, which have no shares of classes.
/// </summary>
internal sealed class MemberShifts
{
    private const int Permutations = 99;

    private readonly Dictionary<string, MemberShift> _shifts = new(StringComparer.Ordinal);

    /// <summary>Computes the shifts of some members.</summary>
    public MemberShifts(IEnumerable<MemberOptions> members)
    {
        var specs = members.Select(member => (Key: Key(member), member.TrainData, Split: SplitOf(member)))
            .DistinctBy(spec => spec.Key).ToArray();
        if (specs.Select(spec => Key(spec.TrainData with { Seed = 0 })).Distinct().Count() < 2) { return; }
        if (specs.Any(spec => FactsOf(spec.TrainData).IsReal)) { return; }
        var shifts = new MemberShift[specs.Length];
        Parallel.For(0, specs.Length, i => shifts[i] = Of(specs[i].TrainData, specs[i].Split));
        for (var i = 0; i < specs.Length; i++) { _shifts.Add(specs[i].Key, shifts[i]); }
    }

    /// <summary>The shift of a member; null when there is none to compare.</summary>
    public MemberShift? Of(MemberOptions member) => _shifts.TryGetValue(Key(member), out var shift) ? shift : null;

    private static string SplitOf(MemberOptions member) => member.Experiment.Options.Grokking.Generalization.Split;

    private static string Key(MemberOptions member) => $"{SplitOf(member)} {Key(member.TrainData)}";

    private static string Key(DatasetSpec spec) => CanonicalText.Of(new DatasetEntry("", spec).ToJson());

    private static DatasetFacts FactsOf(DatasetSpec spec) => Datasets.Make(spec).Facts;

    private static MemberShift Of(DatasetSpec spec, string split)
    {
        var (tables, facts) = (DatasetBuilder.Splits(spec), FactsOf(spec));
        (double Value, double Expected) Variation(string column, int values) => ShiftMeasures.TotalVariation(
            tables["train"], tables[split], column, values, Permutations, new Seed(0).Derive("member-shifts"));
        var ofClass = Variation(facts.Target, facts.Classes);
        var ofGroup = facts.Group is { } group ? Variation(group, facts.Groups) : default((double Value, double Expected)?);
        return new(ofClass.Value, ofGroup?.Value, ofClass.Expected, ofGroup?.Expected ?? 0);
    }
}
