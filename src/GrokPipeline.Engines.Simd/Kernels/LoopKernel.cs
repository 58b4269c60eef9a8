using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GrokPipeline.Engines.Simd.Code;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>Memory of a generated loop: the slot, where its first element is, and strides in bytes for each axis, outermost first.</summary>
internal sealed record Binding(Slot? Slot, Role Role, int Offset, int[] Strides, int PartialBytes = 0);

/// <summary>
/// Runs a generated loop over its axes. The last axis is the loop's columns, the one before its rows; outer ones are walked here. A loop
/// over one axis alone is cut into pieces of it.
/// </summary>
internal sealed unsafe class LoopKernel : Kernel
{
    private readonly LoopCode _code;
    private readonly Binding[] _bindings;
    private readonly int[] _extents;
    private readonly string _description;
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
        _code = LoopCompiler.Of(schedule);
        _bindings = bindings;
        _extents = extents;
        _description = string.Join(' ', schedule.Program.Steps.Select(step => step.Kind)) + $" ({bindings.Length} blocks)";
        _spills = schedule.Spills;
        _columns = extents[^1];
        _rows = extents.Length > 1 ? extents[^2] : 1;
        _allRows = Planning.Extents.Product(extents.AsSpan()[..^1]);
        Chunks = chunks;
        ScratchBytes = ((long)_spills * SpillBytes) + 64;
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads =>
        _bindings.Where(b => b.Role is Role.LoadVector or Role.LoadScalar).Select(b => b.Slot!);

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes =>
        _bindings.Where(b => b.Role is not (Role.LoadVector or Role.LoadScalar)).Select(b => b.Slot!);

    /// <inheritdoc/>
    public override string ToString() => $"Loop [{string.Join(", ", _extents)}] {_description}";

    // Columns are cut only where there is no scratch, and then they need none.
    private int SpillBytes => ((_columns * sizeof(float)) + 127) / 64 * 64;

    /// <summary>Whether a loop over these axes is cut along its columns.</summary>
    public static bool CutsColumns(int[] extents) => extents.Length == 1;

    /// <summary>Elements in a piece of a loop that is cut along its columns.</summary>
    public static int Piece(int columns, int chunks) => ((columns + chunks - 1) / chunks + 15) / 16 * 16;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void Run(int chunk, byte* scratch)
    {
        var count = _bindings.Length + _spills;
        var operands = stackalloc nint[2 * count];
        for (var i = 0; i < _spills; i++)
        {
            operands[2 * (_bindings.Length + i)] = (nint)scratch + (i * SpillBytes);
            operands[(2 * (_bindings.Length + i)) + 1] = 0;
        }
        foreach (var binding in _bindings)
        {
            if (binding.PartialBytes > 0)
            {
                NativeMemory.Clear((void*)(binding.Slot!.Address + ((nint)chunk * binding.PartialBytes)), (nuint)binding.PartialBytes);
            }
        }
        if (CutsColumns(_extents)) { Columns(chunk, operands); }
        else { Rows(chunk, operands); }
    }

    private void Columns(int chunk, nint* operands)
    {
        var piece = Piece(_columns, Chunks);
        var start = Math.Min(chunk * piece, _columns);
        var end = Math.Min(start + piece, _columns);
        if (end <= start) { return; }
        for (var i = 0; i < _bindings.Length; i++)
        {
            var binding = _bindings[i];
            operands[2 * i] = binding.Slot!.Address + binding.Offset + ((nint)chunk * binding.PartialBytes) + ((nint)start * binding.Strides[^1]);
            operands[(2 * i) + 1] = 0;
        }
        _code(operands, 1, end - start);
    }

    private void Rows(int chunk, nint* operands)
    {
        var row = Start(_allRows, Chunks, chunk);
        var end = Start(_allRows, Chunks, chunk + 1);
        while (row < end)
        {
            var (outer, inner) = (row / _rows, row % _rows);
            var rows = Math.Min(_rows - inner, end - row);
            for (var i = 0; i < _bindings.Length; i++)
            {
                var binding = _bindings[i];
                var strides = binding.Strides;
                var address = binding.Slot!.Address + binding.Offset + ((nint)chunk * binding.PartialBytes) + ((nint)inner * strides[^2]);
                for (var (axis, rest) = (_extents.Length - 3, outer); axis >= 0; axis--)
                {
                    address += (nint)(rest % _extents[axis]) * strides[axis];
                    rest /= _extents[axis];
                }
                operands[2 * i] = address;
                operands[(2 * i) + 1] = strides[^2];
            }
            _code(operands, rows, _columns);
            row += rows;
        }
    }
}
