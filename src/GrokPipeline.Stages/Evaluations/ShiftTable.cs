using GrokPipeline.Data;
using GrokPipeline.Evaluation.Shifts;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Evaluations;

/// <summary>How far each distribution is from train, as a table.</summary>
internal static class ShiftTable
{
    /// <summary>The schema.</summary>
    public static TableSchema Schema { get; } =
    [
        new("experiment", ColumnKind.Text) { Description = "Name of the experiment." },
        new("dataset", ColumnKind.Text) { Description = "Name of the dataset." },
        new("distribution", ColumnKind.Text) { Description = "Split or shift that is compared with train." },
        new("on", ColumnKind.Text) { Description = "class, group or features." },
        new("measure", ColumnKind.Text) { Description = "What was computed." },
        new("value", ColumnKind.Float64) { Description = "The number; divergences in nats." },
        new("low", ColumnKind.Float64) { Description = "Lower end of the interval; NaN when there is none." },
        new("high", ColumnKind.Float64) { Description = "Upper end of the interval; NaN when there is none." },
        new("p_value", ColumnKind.Float64) { Description = "Share of relabellings with as large a number; NaN when there is no test." },
        new("rows", ColumnKind.Int64) { Description = "Rows of the distribution behind the number." },
        new("train_rows", ColumnKind.Int64) { Description = "Rows of train behind the number." },
    ];

    /// <summary>Measures the distributions of an experiment.</summary>
    public static Table Of(ExperimentSetting setting, StageContext context)
    {
        var (all, builder) = (setting.Experiment.Options, new TableBuilder(Schema));
        var train = setting.Rows(new(all.Data, "train"));
        foreach (var distribution in setting.Experiment.Distributions)
        {
            context.ThrowIfStopped();
            var rows = setting.Rows(distribution);
            var facts = DatasetFacts.Of(rows.Metadata);
            // Rows of another form, from another dataset, are at no distance from train.
            if (!facts.Equals(setting.Facts)) { continue; }
            var seed = new Seed(all.Train.Seed).Derive($"shifts/{distribution.Dataset}/{distribution.Name}");
            foreach (var m in ShiftMeasures.Of(train, rows, facts, all.Evaluate.Shifts, seed))
            {
                builder.Add(
                    setting.Experiment.Name, distribution.Dataset, distribution.Name, m.On, m.Measure, m.Value.Value, m.Value.Low,
                    m.Value.High, m.PValue, m.Rows, m.TrainRows);
            }
        }
        return builder.ToTable();
    }
}
