using System.Text;
using GrokPipeline.Data;
using GrokPipeline.Data.ShiftKinds;

namespace GrokPipeline.Stages.Tests.Configuration;

public sealed class ShiftReaderTests
{
    [Fact]
    public void A_shift_is_one_step_or_a_list_of_steps()
    {
        var spec = Read("""
            train_shift: { kind: outliers, rows: 10, sense: code }
                shifts:
                  one: { kind: label_noise, rate: 0.2 }
                  listed: [{ kind: label_noise, rate: 0.2 }]
                  chain:
                    - { kind: held_out_values, column: a, values: [1, 2] }
                    - { kind: label_noise, rate: 0.5 }
                    - kind: clean_labels
            """);
        Assert.Equal([new ShiftStep("outliers", new OutliersOptions { Rows = 10, Sense = OutlierSense.Code })], spec.TrainShift);
        Assert.Equal(["one", "listed", "chain"], spec.Shifts.Select(shift => shift.Name));
        Assert.Equal(spec.Shifts[0].Options, spec.Shifts[1].Options);
        Assert.Equal(["label_noise", "clean_labels"], spec.Shifts[2].Then.Select(step => step.Kind));
        Assert.Equal(new LabelNoiseOptions { Rate = 0.5 }, spec.Shifts[2].Then[0].Options);
    }

    [Fact]
    public void Every_step_is_part_of_what_a_stage_depends_on()
    {
        var plain = Json("shifts: { x: { kind: label_noise, rate: 0.2 } }");
        Assert.Equal(plain, Json("shifts: { x: [{ kind: label_noise, rate: 0.2 }] }"));
        Assert.NotEqual(plain, Json("shifts: { x: [{ kind: label_noise, rate: 0.2 }, { kind: clean_labels }] }"));
        Assert.NotEqual(plain, Json("train_shift: { kind: clean_labels }\n    shifts: { x: { kind: label_noise, rate: 0.2 } }"));
        // Without steps of its own train has no entry: a dataset of before keeps its key.
        Assert.DoesNotContain("train_shift", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("twins", plain, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train_shift: { kind: label_noise, of: train }", "train_shift.of: this step works on the rows that it is given")]
    [InlineData("train_shift: [{ kind: label_nois }]", "train_shift[0].kind: There is no shift named 'label_nois'. Did you mean 'label_noise'?")]
    [InlineData("train_shift: { kind: held_out_rows, where: a < 3 }", "train_shift[0].kind: held_out_rows does not change rows that are there")]
    [InlineData("train_shift: 0.3", "train_shift: is '0.3'; give a map with kind.")]
    [InlineData("train_shift: []", "train_shift: is an empty list; give at least one step.")]
    [InlineData("shifts: { x: [{ kind: label_noise }, { kind: thin_out, where: c < 5, rate: 2 }] }", "shifts.x[1].rate: rate is 2; give a number")]
    [InlineData("shifts: { x: [{ kind: label_noise }, { kind: thin_out, where: d < 5 }] }", "shifts.x[1].where: 'd < 5', position 1: there is no 'd'")]
    [InlineData("shifts: { x: [{ kind: label_noise }, { kind: thin_out, wher: c < 5 }] }", "shifts.x[1].wher: unknown option. Did you mean where?")]
    [InlineData("shifts: { x: [{ kind: label_noise }, { kind: select_rows, of: test, where: c < 5 }] }", "shifts.x[1].of: this step works")]
    public void A_wrong_step_is_told_with_its_place(string yaml, string expected)
    {
        var error = Assert.Throws<GrokException>(() => Read(yaml));
        Assert.Contains($"datasets.d.{expected}", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_step_is_pointed_at_by_line_and_column()
    {
        var error = Assert.Throws<GrokException>(() => Read("""
            shifts:
                  chain:
                    - { kind: label_noise, rate: 0.5 }
                    - kind: thin_out
                      where: d < 5
            """));
        Assert.Equal("f.yaml:10:18", error.Where);
    }

    private static string Json(string yaml) => new DatasetEntry("d", Read(yaml)).ToJson().ToJsonString();

    private static DatasetSpec Read(string yaml) => PipelineFile.Parse("f.yaml", Encoding.UTF8.GetBytes($$"""
        schema: 1
        datasets:
          d:
            use: modular_arithmetic
            split: { train: 0.5, validation: rest }
            {{yaml}}
        experiments:
          e:
            data: d
            model: { kind: mlp, encode: onehot, hidden: [8] }
            train: { optimizer: adamw }
        """), "/", []).Datasets[0].Spec;
}
