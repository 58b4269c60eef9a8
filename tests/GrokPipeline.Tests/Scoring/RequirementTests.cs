using GrokPipeline.Evaluation;

namespace GrokPipeline.Tests.Scoring;

public sealed class RequirementTests
{
    private static readonly (string Name, IReadOnlyList<Score> Scores)[] Found =
    [
        ("validation", [Of("accuracy", 0.99), Of("loss", 0.1)]),
        ("shift", [Of("accuracy", 0.9), Of("loss", 0.4), new("subclass=3", "worst_group_accuracy", new(0.7, 0.6, 0.8), 10, 7),
            Of("accuracy_gap", 0.99 - 0.9)]),
    ];

    private static readonly (string Name, IReadOnlyList<Score> Scores)[] Near =
        [("sure", [Of("accuracy", 1.0)]), ("near", [Of("accuracy", 0.95)])];

    [Theory]
    [InlineData("accuracy >= 0.9")]
    [InlineData("shift.accuracy >= 0.9")]
    [InlineData("shift.worst_group >= 0.7")]
    [InlineData("validation - shift <= 0.1")]
    [InlineData("validation.loss - shift.loss >= -0.31")]
    [InlineData("sure - near <= 0.05")]
    [InlineData("accuracy_gap <= 0.09")]
    public void What_holds_is_not_told(string text) => Assert.Empty(Requirement.Parse(text).Missed([.. Found, .. Near]));

    [Theory]
    [InlineData("accuracy >= 0.95", "accuracy of shift is 0.9, but should be >= 0.95.")]
    [InlineData("shift.worst_group_accuracy >= 0.9", "worst_group_accuracy of shift is 0.7, but should be >= 0.9.")]
    [InlineData("validation - shift < 0.05", "accuracy of validation - accuracy of shift is 0.09, but should be < 0.05.")]
    [InlineData("sure - near < 0.05", "accuracy of sure - accuracy of near is 0.050000000000000044, but should be < 0.05.")]
    [InlineData("validation.accuracy_gap <= 1", "there is no accuracy_gap of validation to compare with <= 1.")]
    [InlineData("other.accuracy >= 0.9", "there is no accuracy of other to compare with >= 0.9.")]
    [InlineData("validation - other >= 0", "there is no accuracy of other to compare.")]
    [InlineData("validation.worst_group >= 0", "there is no worst_group_accuracy of validation to compare with >= 0.")]
    public void What_does_not_hold_is_told_with_what_was_found(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(Requirement.Parse(text).Missed([.. Found, .. Near])));

    [Theory]
    [InlineData("accuracy")]
    [InlineData(">= 0.9")]
    [InlineData("accuracy of shift >= 0.9")]
    [InlineData("a - b - c >= 0")]
    [InlineData("accuracy - validation >= 0")]
    [InlineData("shift.acuracy >= 0.9")]
    [InlineData("accuracy >= many")]
    public void What_is_no_requirement_is_refused(string text) => Assert.Throws<GrokException>(() => Requirement.Parse(text));

    // An accuracy that was never computed is not an accuracy that is good enough.
    [Theory]
    [InlineData("accuracy >= 0.9", "there are no scores to compare with >= 0.9.")]
    [InlineData("validation - shift <= 1", "there are no scores to compare with <= 1.")]
    public void Without_any_scores_nothing_holds(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(Requirement.Parse(text).Missed([])));

    [Fact]
    public void Distributions_may_be_renamed_and_the_text_stays()
    {
        var renamed = Requirement.Parse("a.b - a.c <= 1").Renamed(new Dictionary<string, string> { ["a.b"] = "b" });
        Assert.Equal(["b", "a.c"], renamed.Distributions);
        Assert.Equal("a.b - a.c <= 1", renamed.ToString());
    }

    [Fact]
    public void A_misspelt_metric_is_answered_with_the_nearest() => Assert.Contains(
        "there is no metric 'acuracy'. Did you mean 'accuracy'?",
        Assert.Throws<GrokException>(() => Requirement.Parse("shift.acuracy >= 0.9")).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_number_that_is_undefined_is_missed_with_the_reason() => Assert.Equal(
        "auroc of x is NaN, but should be >= 0.5. All rows are of one class.",
        Assert.Single(Requirement.Parse("auroc >= 0.5").Missed(
            [("x", [new("all", "auroc", new(double.NaN, double.NaN, double.NaN), 3, 3, "All rows are of one class.")])])));

    private static Score Of(string metric, double value) => new("all", metric, new(value, value, value), 100, 90);
}
