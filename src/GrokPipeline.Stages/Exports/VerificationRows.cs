using System.Collections.Immutable;
using System.Runtime.InteropServices;
using GrokPipeline.Data;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Exports;

/// <summary>
/// The rows on which exported files are checked: every split and shift of the dataset, evaluated on or not, so that another choice under
/// <c>evaluate.on</c> changes no file; and those of other datasets that are evaluated on.
/// </summary>
internal sealed class VerificationRows
{
    private readonly string _input;
    private readonly ImmutableArray<string> _operands;
    private readonly Lazy<ImmutableArray<(string Name, Table Rows, int Stride)>> _tables;

    /// <summary>Of an experiment; tables are read when they are first asked for.</summary>
    /// <param name="setting">The experiment.</param>
    /// <param name="most">Rows of each distribution, at most; evenly spread.</param>
    public VerificationRows(ExperimentSetting setting, int most)
    {
        (_input, _operands) = (setting.Model.InputName, setting.Facts.Operands);
        _tables = new(() =>
        [
            .. Distributions(setting).Select(distribution => Thinned(
                distribution.Dataset == setting.Experiment.Options.Data ? distribution.Name : $"{distribution.Dataset}.{distribution.Name}",
                setting.Rows(distribution), most)),
        ]);
    }

    /// <summary>Of tables at hand.</summary>
    /// <param name="input">The model's input.</param>
    /// <param name="facts">The dataset that the model was made for.</param>
    /// <param name="tables">The distributions.</param>
    /// <param name="most">Rows of each, at most; evenly spread.</param>
    public VerificationRows(string input, DatasetFacts facts, IEnumerable<(string Name, Table Rows)> tables, int most)
    {
        (_input, _operands) = (input, facts.Operands);
        _tables = new(() => [.. tables.Select(table => Thinned(table.Name, table.Rows, most))]);
    }

    /// <summary>The distributions of an experiment that are used, the first of which is validation, or train where there is none.</summary>
    public static ImmutableArray<Distribution> Distributions(ExperimentSetting setting)
    {
        var own = setting.Data.Entry.Distributions().Select(name => new Distribution(setting.Experiment.Options.Data, name)).ToArray();
        var first = own.FirstOrDefault(distribution => distribution.Name == "validation", own[0]);
        return [.. own.Concat(setting.Experiment.Distributions).Prepend(first).Distinct()];
    }

    /// <summary>The rows as a form of the model reads them.</summary>
    public ImmutableArray<ParityRows> Of(ModelForm form) =>
        [.. _tables.Value.Select(table => new ParityRows(table.Name, Inputs(form, table.Rows), table.Stride))];

    // Every so many rows, so that there are no more than that; a row's number in its table stays known.
    private static (string, Table, int) Thinned(string name, Table rows, int most)
    {
        var stride = (rows.Rows + most - 1) / most;
        return stride <= 1 ? (name, rows, 1)
            : (name, rows.Select([.. Enumerable.Range(0, (rows.Rows + stride - 1) / stride).Select(i => i * stride)]), stride);
    }

    private ImmutableSortedDictionary<string, Tensor> Inputs(ModelForm form, Table rows)
    {
        var facts = DatasetFacts.Of(rows.Metadata);
        var plain = RowEncoding.Input(form == ModelForm.Application && facts.Kind == InputKind.Operands ? RowEncoding.Operands : _input,
            rows, facts);
        IEnumerable<KeyValuePair<string, Tensor>> inputs = (form, facts.Kind) switch
        {
            (ModelForm.Vector, InputKind.Operands) => [new(_input, Floats(plain))],
            (ModelForm.Application, InputKind.Operands) =>
                _operands.Select((name, i) => KeyValuePair.Create(name, Column(plain, i))),       // the file's names, also for other data
            _ => [new(_input, plain)],
        };
        return inputs.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    private static Tensor Floats(Tensor integers) =>
        Tensor.Of<float>(integers.Shape, [.. MemoryMarshal.ToEnumerable<long>(integers.AsSpan<long>().ToArray()).Select(n => (float)n)]);

    private static Tensor Column(Tensor integers, int column)
    {
        var (all, width) = (integers.AsSpan<long>().ToArray(), integers.Shape[1]);
        return Tensor.Of<long>([integers.Shape[0]], [.. Enumerable.Range(0, integers.Shape[0]).Select(row => all[(row * width) + column])]);
    }
}
