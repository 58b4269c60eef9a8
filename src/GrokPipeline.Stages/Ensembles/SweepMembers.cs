using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Tables;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Ensembles;

/// <summary>The finished members of a plan, as members of an ensemble.</summary>
internal static class SweepMembers
{
    /// <summary>Reads some members of a plan.</summary>
    /// <param name="plan">The plan's folder or file.</param>
    /// <param name="indices">Their places in the plan; all that are finished when there are none.</param>
    /// <param name="where">Conditions that all must hold: <c>phase=grokked</c>, <c>seed=0</c>, <c>train_fraction=0.3</c>.</param>
    /// <returns>The members; the options of the first, whose data is at hand for checks; and those that are left out because their
    /// parameters are not finite.</returns>
    /// <exception cref="GrokException">
    /// There is no such plan or member, none is left, one that was named has parameters that are not finite, or states were not kept.
    /// </exception>
    public static (List<EnsembleMember> Members, MemberOptions First, ImmutableArray<string> LeftOut) Read(
        string plan, IReadOnlyCollection<int> indices, IReadOnlyCollection<string> where)
    {
        var sweep = PlannedSweep.Open(Directory.Exists(plan) ? Path.Combine(plan, SweepPlan.FileName) : plan, ".");
        var conditions = where.Select(text => Condition(text, sweep.Plan)).ToArray();
        if (indices.FirstOrDefault(index => index < 0 || index >= sweep.Plan.Count, -1) is var wrong && indices.Contains(wrong))
        {
            throw new GrokException(
                $"the plan has {sweep.Plan.Count} members; there is no member {wrong}.",
                string.Create(CultureInfo.InvariantCulture, $"Give numbers from 0 to {sweep.Plan.Count - 1}."), "--members");
        }
        var members = new List<EnsembleMember>();
        var leftOut = ImmutableArray.CreateBuilder<string>();
        MemberOptions? first = null;
        foreach (var planned in sweep.Plan.Members.Where(member => indices.Count == 0 || indices.Contains(member.Index)))
        {
            if (MemberResult.Find(sweep.Folder, planned.Id) is not { } result)
            {
                if (indices.Count == 0) { continue; }
                throw new GrokException(
                    $"member {planned.Index} has not finished.", $"Train it: grokpipe sweep run {sweep.Plan.Sweep}.", "--members");
            }
            if (!conditions.All(holds => holds(planned, result))) { continue; }
            var options = planned.Options(sweep.Plan.Heading);
            var member = Member(sweep, planned, result, options);
            if (member.NonfiniteParameter() is { } parameter)
            {
                if (indices.Count > 0) { throw EnsembleExport.Nonfinite(member.Name, parameter); }
                leftOut.Add(member.Name);
                continue;
            }
            members.Add(member);
            first ??= options;
        }
        return first is not null ? (members, first, leftOut.ToImmutable()) : throw new GrokException(
            "no finished member fulfils the conditions.", $"See grokpipe sweep status {sweep.Plan.Sweep}.", plan);
    }

    private static EnsembleMember Member(PlannedSweep sweep, PlannedMember planned, MemberResult result, MemberOptions options)
    {
        var path = Path.Combine(sweep.Folder.Member(planned.Id), SweepFolder.CheckpointName);
        if (result.CheckpointSha256 is null)
        {
            throw new GrokException(
                "the sweep keeps no states of its members.",
                $"Set sweeps.{sweep.Plan.Sweep}.checkpoints: final, and run it again.", sweep.Folder.Workspace.Display(path));
        }
        using var file = File.OpenRead(path);
        var state = TrainingState.Read(file, sweep.Folder.Workspace.Display(path));
        var facts = Datasets.Make(options.Data.Spec).Facts;
        return new(
            $"{sweep.Plan.Sweep} member {planned.Index}", ExperimentCheck.MakeModel(options.Experiment.Options, facts), facts,
            state.Parameters, options.Experiment.Options.Train.Engine, new JsonObject
            {
                ["sweep"] = sweep.Plan.Sweep, ["plan"] = sweep.Plan.Id, ["member"] = planned.Index, ["id"] = planned.Id,
                ["train_key"] = FileHash.OfText(CanonicalText.Of(result.Options)), ["seed"] = options.Experiment.Options.Train.Seed,
                ["settings"] = planned.Described, ["phase"] = Phase(sweep.Plan, planned, result), ["step"] = state.Step,
                ["metrics"] = new JsonObject(result.Rows.Where(row => row.Step == result.Rows[^1].Step).Select(row => KeyValuePair.Create(
                    $"{row.Measurement.Split}.{row.Measurement.Metric}", CanonicalJson.Of(row.Measurement.Value)))),
                ["data_sha256"] = new JsonObject(DatasetBuilder.Splits(options.TrainData).Select(split =>
                    KeyValuePair.Create(split.Key, (JsonNode?)JsonValue.Create(ContentHash.Of(split.Value))))),
                [EnsembleMember.CheckpointKey] = result.CheckpointSha256,
            });
    }

    private static string Phase(SweepPlan plan, PlannedMember planned, MemberResult result) =>
        MemberVerdict.Of(SweepResults.Ended(plan, planned, result), SweepCriterion.Configured).Phase is { } phase
            ? SweepWords.Of(phase) : "failed";

    private static Func<PlannedMember, MemberResult, bool> Condition(string text, SweepPlan plan)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = at > 0 ? (text[..at].Trim(), text[(at + 1)..].Trim()) : ("", "");
        if (name == "phase")
        {
            string[] phases = [.. Enum.GetValues<Evaluation.GrokkingOutcome>().Select(SweepWords.Of)];
            value = value.Replace('_', ' ');
            return phases.Contains(value)
                ? (planned, result) => Phase(plan, planned, result) == value
                : throw new GrokException(
                    $"there is no phase '{value}'.{Spelling.Suggestion(value, phases)}", $"Use one of: {string.Join(", ", phases)}.",
                    "--where");
        }
        string[] known = [.. plan.Members.SelectMany(member => member.Settings).Select(setting => setting.Option).Distinct()];
        var found = name is "seed" or "" ? name
            : known.FirstOrDefault(option => option == name || option.EndsWith($".{name}", StringComparison.Ordinal));
        if (string.IsNullOrEmpty(found))
        {
            throw new GrokException(
                $"'{text}' is no condition on members.",
                $"Write NAME=VALUE; names are: {string.Join(", ", known.Prepend("seed").Prepend("phase"))}.", "--where");
        }
        string[] values = [.. plan.Members.SelectMany(member => Values(member, found)).Distinct(StringComparer.Ordinal)];
        return values.Any(one => Same(one, value))
            ? (planned, _) => Values(planned, found).Any(one => Same(one, value))
            : throw new GrokException(
                $"no member has {name}={value}.", $"Values are: {string.Join(", ", values.DefaultIfEmpty("none"))}.", "--where");
    }

    private static IEnumerable<string> Values(PlannedMember planned, string option) => option == "seed"
        ? planned.Seed is { } seed ? [seed.ToString(CultureInfo.InvariantCulture)] : []
        : planned.Settings.Where(setting => setting.Option == option).Select(setting => setting.Value);

    // Numbers are the same however they are written: 1000000 and 1.0e+6.
    private static bool Same(string one, string other) => one == other || (
        double.TryParse(one, CultureInfo.InvariantCulture, out var a) && double.TryParse(other, CultureInfo.InvariantCulture, out var b)
        && a == b);
}
