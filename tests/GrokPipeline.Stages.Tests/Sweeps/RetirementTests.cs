using System.Globalization;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Sweeps;

namespace GrokPipeline.Stages.Tests.Sweeps;

public sealed class RetirementTests
{
    private static readonly GrokkingOptions Definitions = new();                 // 0.99 once on train, 0.99 three times on validation

    [Theory]
    [InlineData("1/0 1/1 1/1 1/1 1/1 1/1", 2, "generalized at 5")]
    [InlineData("1/0 1/1 1/1 1/0.5 1/1 1/1 1/1 1/1 1/1", 2, "generalized at 8")]
    [InlineData("1/0 1/1 1/1 1/1 1/1", 2, "goes on")]
    [InlineData("1/1 1/1 1/1 1/1 1/1 1/1 1/1", 0, "goes on")]
    [InlineData("1/1 1/1 1/1 1/0.9 1/0.9 1/0.9", 9, "collapsed at 5")]
    [InlineData("1/1 1/1 1/1 1/0.95 1/0.95 1/0.95 1/0.95", 9, "goes on")]
    [InlineData("1/0 0.5/0 0.5/0 0.5/0", 9, "collapsed at 3")]
    [InlineData("0.9/0 0.5/0 0.5/0 0.5/0 0.5/0", 9, "goes on")]
    [InlineData("1/0 0.5/1 0.5/1 0.5/1 0.5/1", 9, "goes on")]                    // once generalized, validation alone counts
    [InlineData("1/0 0.5/1 0.9/1 1/1 0.5/1 0.5/1 0.5/1 0.5/1", 9, "goes on")]
    public void A_member_retires_when_its_curve_says_so(string curve, int generalizedFor, string expected)
    {
        var retirement = new Retirement(new RetireOptions { GeneralizedFor = generalizedFor, CollapsedFor = 3 }, Definitions);
        var said = "goes on";
        var points = curve.Split(' ').Select(point => point.Split('/').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        for (var i = 0; i < points.Length && said == "goes on"; i++)
        {
            if (retirement.After(new CurvePoint(i * 10, points[i][0], points[i][1])) is { } ending)
            {
                said = $"{MemberResult.Name(ending)} at {i}";
            }
        }
        Assert.Equal(expected, said);
    }

    [Fact]
    public void A_retired_member_is_the_beginning_of_the_whole_training()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        // Validation is easily above 0.01, so that all generalize at once.
        string[] easy = ["defaults.grokking.generalization.accuracy=0.0001", "sweeps.grid.retire.collapsed_for=0"];
        var early = workspace.Sweep("grid", [.. easy, "sweeps.grid.retire.generalized_for=1"]).Run(new SweepRequest());
        var whole = workspace.Sweep("grid", [.. easy, "sweeps.grid.retire.generalized_for=0"]).Run(new SweepRequest());
        var retired = 0;
        foreach (var (first, second) in early.Plan.Members.Zip(whole.Plan.Members))
        {
            var (short1, long1) = (Result(first), Result(second));
            Assert.Equal((MemberEnding.Budget, 60), (long1.Ending, long1.Steps));
            Assert.Equal(long1.Rows.Where(row => row.Step <= short1.Steps), short1.Rows);
            if (short1.Ending != MemberEnding.Generalized) { continue; }
            retired++;
            Assert.InRange(short1.Steps, 30, 59);
        }
        Assert.InRange(retired, 1, 8);

        MemberResult Result(PlannedMember member) => MemberResult.Read(
            workspace.At($"models/sweeps/grid/members/{member.Id}/member.json"), member.Id, "member.json");
    }
}
