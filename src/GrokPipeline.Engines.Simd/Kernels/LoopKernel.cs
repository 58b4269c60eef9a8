using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GrokPipeline.Engines.Simd.Code;
using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>Memory of a generated loop: the slot, where its first element is, strides in bytes for each axis, outermost first.</summary>
internal sealed record Binding(Slot? Slot, Role Role, int Offset, int[] Strides, int PartialBytes = 0);

/// <summary>
/// Runs a generated loop over its axes. The last axis is the loop's columns, the one before its rows; outer ones are walked here. A loop
/// over one axis alone is cut into pieces of it.
/// </summary>
internal sealed unsafe class LoopKernel : Kernel
{
    private readonly LoopCode _code;
    private readonly Binding[] _bindings;
    private readonly LoopProgram _program;
    private readonly int[] _extents;
    private readonly int _spills;
    private readonly int _columns;
    private readonly int _rows;
    private readonly int _allRows;

    /// <summary>Makes the kernel.</summary>
    /// <param name="schedule">What to do.</param>
    /// <param name="bindings">One for each operand of the program.</param>
    /// <param name="extents">Extents of the axes.</param>
    /// <param name="chunks">Into how many pieces it is cut; partial sums have as many.</param>
    public LoopKernel(LoopSchedule schedule, Binding[] bindings, int[] extents, int chunks)
    {
        _code = LoopCompiler.Of(schedule, extents[^1]);
        _bindings = bindings;
        _extents = extents;
        _program = schedule.Program;
        _spills = schedule.Spills;
        _columns = extents[^1];
        _rows = extents.Length > 1 ? extents[^2] : 1;
        _allRows = Extents.Product(extents.AsSpan()[..^1]);
        Chunks = chunks;
        ScratchBytes = ((long)_spills * SpillBytes) + 64;
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads =>
        _bindings.Where(b => IsRead(b.Role)).Select(b => b.Slot!);

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes =>
        _bindings.Where(b => !IsRead(b.Role)).Select(b => b.Slot!);

    /// <summary>True when it reads rows of a slot by index: others than those that it writes at that time.</summary>
    public bool Gathers(Slot slot) => _bindings.Any(b => b.Role == Role.LoadGathered && b.Slot == slot);

    /// <inheritdoc/>
    public override KernelWork Work => new(0, StepCost.Of(_program, _allRows, (long)_allRows * _columns), BytesWithout([]));

    /// <inheritdoc/>
    public override string ToString()
    {
        var totals = _bindings.Where(binding => binding.Role is Role.AddVector or Role.AddScalar)
            .Select(binding => binding.Role == Role.AddVector ? NodeKind.SumColumns : NodeKind.SumAll);
        var kinds = _program.Steps.Select(step => step.Kind).Concat(totals).CountBy(kind => kind)
            .Select(pair => pair.Value == 1 ? $"{pair.Key}" : $"{pair.Key}*{pair.Value}");
        return $"Loop [{string.Join(", ", _extents)}] {string.Join(' ', kinds)}";
    }

    /// <summary>Bytes that the loop touches outside some slots.</summary>
    public long BytesWithout(Slot[] locals)
    {
        long bytes = 0;
        for (var i = 0; i < _bindings.Length; i++)
        {
            var binding = _bindings[i];
            if (locals.Contains(binding.Slot)) { continue; }
            long touched = _program.Operands[i].Element.SizeInBytes();
            for (var axis = 0; axis < _extents.Length; axis++) { touched *= binding.Strides[axis] == 0 ? 1 : _extents[axis]; }
            bytes += binding.PartialBytes > 0 ? (long)binding.PartialBytes * Chunks : touched;
        }
        return bytes;
    }

    // Columns are cut only where there is no scratch, and then they need none.
    private int SpillBytes => ((_columns * sizeof(float)) + 127) / 64 * 64;

    /// <summary>Whether a loop over these axes is cut along its columns.</summary>
    public static bool CutsColumns(int[] extents) => extents.Length == 1;

    /// <summary>Elements in a piece of a loop that is cut along its columns.</summary>
    public static int Piece(int columns, int chunks) => ((columns + chunks - 1) / chunks + 15) / 16 * 16;

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        Clear(chunk);
        if (CutsColumns(_extents))
        {
            var piece = Piece(_columns, Chunks);
            Range(Math.Min(chunk * piece, _columns), Math.Min((chunk + 1) * piece, _columns), chunk, scratch, [], null);
            return;
        }
        Range(Start(_allRows, Chunks, chunk) * _columns, Start(_allRows, Chunks, chunk + 1) * _columns, chunk, scratch, [], null);
    }

    /// <summary>Sets a chunk's partial sums to zero.</summary>
    public void Clear(int chunk)
    {
        foreach (var binding in _bindings)
        {
            if (binding.PartialBytes > 0)
            {
                NativeMemory.Clear((void*)(binding.Slot!.Address + ((nint)chunk * binding.PartialBytes)), (nuint)binding.PartialBytes);
            }
        }
    }

    /// <summary>Runs over some elements: whole rows, or any stretch when there is but one axis.</summary>
    /// <param name="first">The first element.</param>
    /// <param name="end">The one after the last.</param>
    /// <param name="chunk">Whose partial sums are added to.</param>
    /// <param name="scratch">Private memory.</param>
    /// <param name="locals">Slots that lie elsewhere for this call.</param>
    /// <param name="starts">Where element 0 of each of them would lie.</param>
    [SkipLocalsInit]
    public void Range(int first, int end, int chunk, byte* scratch, Slot[] locals, nint* starts)
    {
        var count = _bindings.Length;
        var operands = stackalloc nint[2 * (count + _spills)];
        var bases = stackalloc nint[count];
        for (var i = 0; i < count; i++)
        {
            var binding = _bindings[i];
            bases[i] = binding.Slot!.Address + binding.Offset + ((nint)chunk * binding.PartialBytes);
            for (var j = 0; j < locals.Length; j++)
            {
                if (locals[j] == binding.Slot) { bases[i] = starts[j]; }
            }
        }
        for (var i = 0; i < _spills; i++)
        {
            operands[2 * (count + i)] = (nint)scratch + (i * SpillBytes);
            operands[(2 * (count + i)) + 1] = 0;
        }
        if (CutsColumns(_extents)) { Columns(first, end, bases, operands); }
        else { Rows(first / _columns, end / _columns, bases, operands); }
    }

    private static bool IsRead(Role role) => role is Role.LoadVector or Role.LoadScalar or Role.LoadGathered or Role.LoadIndex;

    private void Columns(int first, int end, nint* bases, nint* operands)
    {
        if (end <= first) { return; }
        for (var i = 0; i < _bindings.Length; i++)
        {
            operands[2 * i] = bases[i] + ((nint)first * _bindings[i].Strides[^1]);
            operands[(2 * i) + 1] = 0;
        }
        _code(operands, 1, end - first);
    }

    private void Rows(int row, int end, nint* bases, nint* operands)
    {
        while (row < end)
        {
            var (outer, inner) = (row / _rows, row % _rows);
            var rows = Math.Min(_rows - inner, end - row);
            for (var i = 0; i < _bindings.Length; i++)
            {
                var strides = _bindings[i].Strides;
                operands[(2 * i) + 1] = strides[^2];
                if (_bindings[i].Role is Role.LoadGathered or Role.AddScattered)
                {
                    operands[2 * i] = bases[i];
                    continue;
                }
                var address = bases[i] + ((nint)inner * strides[^2]);
                for (var (axis, rest) = (_extents.Length - 3, outer); axis >= 0; axis--)
                {
                    address += (nint)(rest % _extents[axis]) * strides[axis];
                    rest /= _extents[axis];
                }
                operands[2 * i] = address;
            }
            _code(operands, rows, _columns);
            row += rows;
        }
    }
}
