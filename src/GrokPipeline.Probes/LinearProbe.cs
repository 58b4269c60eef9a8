using GrokPipeline.Training.Models;

namespace GrokPipeline.Probes;

/// <summary>
/// What a linear classifier can read from an activation (Alain and Bengio 2016), beside two controls: with shuffled labels it shows what
/// the probe itself memorizes (Hewitt and Liang 2019), on the untrained model what random features give. Findings per fold or repetition:
/// <c>accuracy</c> on rows it was not fitted to, in [0, 1]; <c>fit_accuracy</c> on those it was; <c>rows</c> scored; and with each control
/// <c>selectivity</c>, the probe's accuracy less the control's on the same rows. The control on the untrained model is left out where only
/// an ONNX file is at hand.
/// </summary>
public sealed class LinearProbe(LinearProbeOptions options) : Probe
{
    private const string Shuffled = "shuffled_labels", Untrained = "random_init";

    /// <inheritdoc/>
    public override string Kind => "linear";

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => options.At.Named;

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var labels = LinearTarget.Of(context.Rows, options.Target, out var classes);
        var untrained = options.Controls.Contains(Untrained) && context.HasInitial;
        if (!options.At.IsAll)
        {
            return options.At.Items.SelectMany(at => Findings(
                context.Seed, at, context.Checkpoint.Activation(at), untrained ? context.Initial.Activation(at) : null, labels, classes));
        }
        if (context.Checkpoint.ActivationNames.Count == 0)
        {
            throw new GrokException("This model has no named activations that a linear probe could go through.", "Name one with 'at'.");
        }
        // Of many layers only the rows that are used.
        var rows = RowSample.Of(context, "all", options.MaxRows);
        var (table, names) = (context.Rows.Select(rows), context.Checkpoint.ActivationNames);
        var (trained, initial) = (context.Checkpoint.On(table, names), untrained ? context.Initial.On(table, names) : []);
        var chosen = rows.Select(row => labels[row]).ToArray();
        return names.SelectMany((name, i) => Findings(context.Seed, name, trained[i], untrained ? initial[i] : null, chosen, classes));
    }

    private IEnumerable<ProbeFinding> Findings(Seed seed, string at, Activation trained, Activation? untrained, int[] labels, int classes)
    {
        trained = Read(at, trained);
        untrained = untrained is null ? null : Read(at, untrained);
        var parts = options.TrainFraction is null ? options.Folds : 1;
        if (Math.Min(labels.Length, options.MaxRows) < parts)
        {
            throw new GrokException($"The linear probe has {labels.Length} rows for {parts} folds.", "Give fewer folds.");
        }
        string[] controls = ["", .. options.Controls.Where(control => control != Untrained || untrained is not null)];
        var found = new ProbeFinding[controls.Length, options.Repeats * parts][];
        // Each fold has its own seed and memory: the order in which they end changes nothing.
        Parallel.For(0, 2 * options.Repeats * parts, i =>
        {
            var (repeat, fold, activation) = (i / 2 / parts, i / 2 % parts, i % 2 == 0 ? trained : untrained);
            if (activation is null) { return; }
            var split = new LinearFold(options, seed, at, activation, labels, classes, (repeat, fold));
            for (var c = 0; c < controls.Length; c++)
            {
                if ((controls[c] == Untrained) != (i % 2 == 1)) { continue; }
                found[c, (repeat * parts) + fold] = split.Score(Kind, controls[c], controls[c] == Shuffled);
            }
        });
        for (var c = 0; c < controls.Length; c++)
        {
            for (var repeat = 0; repeat < options.Repeats * parts; repeat++)
            {
                foreach (var finding in found[c, repeat]) { yield return finding; }
                if (c == 0) { continue; }
                var (own, control) = (found[0, repeat][0], found[c, repeat][0]);
                yield return control with { Name = "selectivity", Value = own.Value - control.Value };
            }
        }
    }

    private Activation Read(string at, Activation activation)
    {
        var read = options.Positions == Positions.Last ? activation.AtLastPosition(at) : activation;
        Finite.Require(read.Values, read.Width, at, Kind);
        return read;
    }
}
