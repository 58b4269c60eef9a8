using System.Collections.Immutable;
using GrokPipeline.Probes;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Probing;

/// <summary>The rows that an experiment's checkpoints are probed on: its splits, one after the other.</summary>
/// <param name="Table">All rows.</param>
/// <param name="Splits">Which of them belong to which split.</param>
internal sealed record ProbedRows(Table Table, ImmutableArray<RowRange> Splits)
{
    /// <summary>Reads the splits of an experiment's dataset.</summary>
    public static ProbedRows Of(ExperimentSetting setting)
    {
        var data = setting.Experiment.Options.Data;
        return Of([.. setting.Data.Entry.Splits().Select(split => (split, setting.Rows(new(data, split))))]);
    }

    /// <summary>Tables as splits, in their order.</summary>
    public static ProbedRows Of(ImmutableArray<(string Name, Table Table)> splits)
    {
        var (ranges, first) = (ImmutableArray.CreateBuilder<RowRange>(), 0);
        foreach (var (name, table) in splits)
        {
            ranges.Add(new(name, first, table.Rows));
            first += table.Rows;
        }
        return new(Together.Of([.. splits.Select(split => split.Table)]), ranges.ToImmutable());
    }
}
