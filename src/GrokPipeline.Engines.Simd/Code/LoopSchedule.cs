using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Code;

/// <summary>
/// In which pass over the row each step runs. A sum of a row must be complete before a later pass can use it; what an earlier pass
/// computed and a later one needs again waits in memory (in its own output, or in a row of scratch).
/// </summary>
internal sealed class LoopSchedule
{
    /// <summary>Schedules a program.</summary>
    public LoopSchedule(LoopProgram program)
    {
        Program = program;
        var steps = program.Steps;
        (Pass, LastUse, SpillOperand) = (new int[steps.Length], new int[steps.Length], new int[steps.Length]);
        var natural = new int[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            natural[i] = steps[i].Sources.Where(source => source.Step >= 0).Select(source => natural[source.Step]).DefaultIfEmpty(0).Max();
            if (IsReduction(steps[i])) { natural[i]++; }
        }
        var operands = program.Operands.ToList();
        Place(steps, natural);
        Passes = steps.Select((step, i) => step.IsRow && !IsReduction(step) ? 0 : IsReduction(step) ? natural[i] : LastUse[i] + 1)
            .Concat(program.Sinks.Select(sink => sink.IsRow ? 0 : PassOf(sink) + 1))
            .DefaultIfEmpty(1).Max();
        for (var i = 0; i < steps.Length; i++)
        {
            SpillOperand[i] = -1;
            if (steps[i].IsRow || LastUse[i] <= Pass[i]) { continue; }
            var stored = program.Sinks.FirstOrDefault(
                sink => sink.From.Step == i && program.Operands[sink.Operand] == new Operand(Role.StoreVector, ElementType.Float32),
                new(default, -1, false));
            if (stored.Operand < 0)
            {
                Spills++;
                operands.Add(new(Role.Spill, ElementType.Float32));
            }
            SpillOperand[i] = stored.Operand >= 0 ? stored.Operand : operands.Count - 1;
        }
        Operands = [.. operands];
    }

    /// <summary>The program.</summary>
    public LoopProgram Program { get; }

    /// <summary>The program's operands, then rows of scratch.</summary>
    public Operand[] Operands { get; }

    /// <summary>How many rows of scratch.</summary>
    public int Spills { get; }

    /// <summary>How many passes over the columns.</summary>
    public int Passes { get; }

    /// <summary>For each step: the pass in which it is computed; a step per row: the pass before which it is known.</summary>
    public int[] Pass { get; }

    /// <summary>For each step: the last pass that uses it.</summary>
    public int[] LastUse { get; }

    /// <summary>For each step: the operand from which later passes read it again, or −1.</summary>
    public int[] SpillOperand { get; }

    /// <summary>True for a sum or a maximum of a row.</summary>
    public static bool IsReduction(Step step) => step.Segment == 0 && step.Kind is NodeKind.SumRows or NodeKind.MaxRows;

    /// <summary>The pass in which a sink's elements are written: as soon as they can be known.</summary>
    public int PassOf(Sink sink) => sink.From.Step >= 0 ? Pass[sink.From.Step] : 0;

    private void Place(Step[] steps, int[] natural)
    {
        var first = new int[steps.Length];
        Array.Fill(first, int.MaxValue);
        foreach (var sink in Program.Sinks)
        {
            if (sink.From.Step >= 0 && !sink.IsRow) { Use(sink.From.Step, natural[sink.From.Step]); }
        }
        for (var i = steps.Length - 1; i >= 0; i--)
        {
            if (steps[i].IsRow)
            {
                Pass[i] = natural[i];
                foreach (var source in steps[i].Sources)
                {
                    if (source.Step >= 0 && IsReduction(steps[i])) { Use(source.Step, natural[source.Step]); }
                }
                continue;
            }
            Pass[i] = first[i] == int.MaxValue ? natural[i] : first[i];
            foreach (var source in steps[i].Sources)
            {
                if (source.Step >= 0) { Use(source.Step, Pass[i]); }
            }
        }

        void Use(int step, int pass)
        {
            first[step] = Math.Min(first[step], pass);
            LastUse[step] = Math.Max(LastUse[step], pass);
        }
    }
}
