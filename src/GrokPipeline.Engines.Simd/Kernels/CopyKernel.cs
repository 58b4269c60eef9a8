using System.Runtime.CompilerServices;
using GrokPipeline.Engines.Simd.Gemm;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>Copies elements from one strided block to another: transposition, concatenation, broadcast, plain copies.</summary>
internal sealed unsafe class CopyKernel : Kernel
{
    // A long line, and the rows of a transposition, are cut, so that several threads may share them.
    private const int PieceOfLine = 4096;
    private const int PieceOfRows = 32;

    private readonly Slot _from;
    private readonly Slot _to;
    private readonly nint _offset;
    private readonly nint _toOffset;
    private readonly int _size;
    private readonly Walk _walk;
    private readonly int _units;
    private readonly int _inner;
    private readonly int _piece;
    private readonly int _pieces;
    private readonly bool _turns;

    /// <summary>Makes the kernel; strides and offsets in elements.</summary>
    public CopyKernel(Slot from, int offset, int[] strides, Slot to, int toOffset, int[] toStrides, int[] shape, int size)
    {
        (_from, _to, _size) = (from, to, size);
        (_offset, _toOffset) = ((nint)offset * size, (nint)toOffset * size);
        _walk = Walk.Of(shape, strides, toStrides);
        var axes = _walk.Lengths.Length;
        // The last two axes swapped: done in blocks, so that both sides are read and written by lines.
        _turns = size == 4 && axes >= 2 && _walk.Strides[1][^1] == 1 && _walk.Strides[0][^2] == 1
            && _walk.Lengths[^1] >= 4 && _walk.Lengths[^2] >= 4;
        _inner = _turns ? 2 : 1;
        _piece = _turns ? PieceOfRows : PieceOfLine;
        _pieces = (_walk.Lengths[^_inner] + _piece - 1) / _piece;
        _units = _walk.Count / _walk.Lengths[^1] / (_turns ? _walk.Lengths[^2] : 1) * _pieces;
        Chunks = ChunksFor(_units, (double)_walk.Count * size / 10);
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_from];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_to];

    /// <inheritdoc/>
    public override KernelWork Work => new(0, 0, (_walk.Touched(0) + _walk.Count) * _size);

    /// <inheritdoc/>
    public override string ToString() => $"{(_turns ? "Transpose" : "Copy")} [{string.Join(", ", _walk.Lengths)}]";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, byte* scratch)
    {
        var from = (byte*)_from.Address + _offset;
        var to = (byte*)_to.Address + _toOffset;
        var axes = _walk.Lengths.Length - _inner;
        for (var unit = Start(_units, Chunks, chunk); unit < Start(_units, Chunks, chunk + 1); unit++)
        {
            var (place, first) = (unit / _pieces, unit % _pieces * _piece);
            var source = from + ((nint)_walk.Offset(0, place, axes) * _size);
            var target = to + ((nint)_walk.Offset(1, place, axes) * _size);
            var end = Math.Min(first + _piece, _walk.Lengths[^_inner]);
            if (_turns) { Turn((float*)source, (float*)target, first, end); }
            else { Line(source, target, first, end - first); }
        }
    }

    private void Line(byte* from, byte* to, nint first, int count)
    {
        var (step, toStep) = ((nint)_walk.Strides[0][^1], (nint)_walk.Strides[1][^1]);
        from += first * step * _size;
        to += first * toStep * _size;
        if (step == 1 && toStep == 1)
        {
            Unsafe.CopyBlockUnaligned(to, from, (uint)(count * _size));
            return;
        }
        if (step == 0 && toStep == 1 && _size == 4)
        {
            new Span<int>(to, count).Fill(*(int*)from);
            return;
        }
        switch (_size)
        {
            case 1: for (nint i = 0; i < count; i++) { to[i * toStep] = from[i * step]; } break;
            case 4: for (nint i = 0; i < count; i++) { ((int*)to)[i * toStep] = ((int*)from)[i * step]; } break;
            default: for (nint i = 0; i < count; i++) { ((long*)to)[i * toStep] = ((long*)from)[i * step]; } break;
        }
    }

    // Some rows of the target.
    private void Turn(float* from, float* to, int first, int rows)
    {
        var columns = _walk.Lengths[^1];
        var (step, toStep) = ((nint)_walk.Strides[0][^1], (nint)_walk.Strides[1][^2]);
        for (var i = first; i < rows; i += 4)
        {
            for (var j = 0; j < columns; j += 4)
            {
                if (i + 4 <= rows && j + 4 <= columns)
                {
                    Packing.Turn(from + i + (j * step), step, to + (i * toStep) + j, toStep);
                    continue;
                }
                for (var x = i; x < Math.Min(i + 4, rows); x++)
                {
                    for (var y = j; y < Math.Min(j + 4, columns); y++) { to[(x * toStep) + y] = from[x + (y * step)]; }
                }
            }
        }
    }
}
