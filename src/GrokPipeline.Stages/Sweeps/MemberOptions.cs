using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>
/// All that the result of a member depends on, the engine apart: its training, its train data, its definitions, and when it retires. What
/// is evaluated, probed or reported is not in it, nor is when to give up, so that changing those redoes no member.
/// </summary>
/// <param name="Experiment">The experiment with the member's settings.</param>
/// <param name="Data">Its dataset.</param>
/// <param name="Retire">When it ends early.</param>
/// <param name="Checkpoints">Which state is kept.</param>
internal sealed record MemberOptions(Experiment Experiment, DatasetEntry Data, RetireOptions Retire, MemberCheckpoints Checkpoints)
{
    /// <summary>Digits of an id.</summary>
    public const int IdDigits = 12;

    // Rises whenever the code can give other bytes for the same options.
    private const int Revision = 1;

    /// <summary>The dataset without the shifts that training never sees: those that are made after the split.</summary>
    public DatasetSpec TrainData => Data.Spec with
    {
        Shifts = [.. Data.Spec.Shifts.Where(shift => Shifts.All.Find(shift.Kind).Make(shift.Options).TakesRowsBeforeSplit)],
    };

    /// <summary>The options in canonical form.</summary>
    public JsonObject ToJson()
    {
        var all = Experiment.Options;
        var train = (JsonObject)CanonicalJson.Of(all.Train)!;                   // not null: a record
        train.Remove("limits");
        var json = new JsonObject
        {
            ["revision"] = Revision,
            ["data"] = (Data with { Spec = TrainData }).ToJson(),
            ["model"] = CanonicalJson.Of(all.Model),
            ["train"] = train,
            ["grokking"] = CanonicalJson.Of(all.Grokking),
            ["retire"] = CanonicalJson.Of(Retire),
            ["checkpoints"] = CanonicalJson.Of(Checkpoints),
        };
        if (Experiment.Parent is { } parent) { json["start"] = parent.TrainingJson(); }
        return json;
    }

    /// <summary>The id: the first digits of the hash of the canonical form.</summary>
    public string Id() => IdOf(CanonicalText.Of(ToJson()));

    /// <summary>True for a text that can be an id.</summary>
    public static bool IsId(string text) => text.Length == IdDigits && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The id of options in canonical form.</summary>
    public static string IdOf(string canonical) => FileHash.OfText(canonical)[..IdDigits];
}
