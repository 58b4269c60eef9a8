namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>
/// Matrix products and the loop that alone reads them (bias and activation; a sum of several products), a few rows at a time: the products
/// never leave the cache.
/// </summary>
internal sealed unsafe class ProductLoopKernel : Kernel
{
    private const int LocalBytes = 128 * 1024;

    private readonly RowsProductKernel[] _products;
    private readonly Slot[] _slots;
    private readonly LoopKernel _loop;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _block;

    /// <summary>Joins kernels; the products have the same shape, and the loop reads their elements in their order.</summary>
    public ProductLoopKernel(RowsProductKernel[] products, Slot[] slots, LoopKernel loop)
    {
        (_products, _slots, _loop) = (products, slots, loop);
        (_rows, _columns) = (products[0].Rows, products[0].Columns);
        _block = Math.Clamp(LocalBytes / (products.Length * _columns * sizeof(float)) / 8 * 8, 8, 96);
        Chunks = loop.Chunks;
        ScratchBytes = ((loop.ScratchBytes + 63) / 64 * 64) + (products.Length * LocalSize);
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => _products.SelectMany(product => product.Reads).Concat(_loop.Reads).Except(_slots);

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => _loop.Writes;

    // Behind it, what loads may touch past a row's end.
    private long LocalSize => ((long)_block * _columns * sizeof(float)) + 64;

    /// <summary>True when it reads rows of a slot others than those that the loop writes at that time.</summary>
    public bool ReadsAhead(Slot slot) => _loop.Gathers(slot) || _products.Any(product => product.Reads.Contains(slot));

    /// <inheritdoc/>
    public override KernelWork Work => new(
        _products.Sum(product => product.Work.Products), _loop.Work.Others,
        _products.Sum(product => product.Work.Bytes - product.ResultBytes) + _loop.BytesWithout(_slots));

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(" + ", _products.Select(product => product.ToString()))} > {_loop}";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        _loop.Clear(chunk);
        var units = (_rows + 7) / 8;
        var end = Math.Min(Start(units, Chunks, chunk + 1) * 8, _rows);
        var local = scratch + ((_loop.ScratchBytes + 63) / 64 * 64);
        var starts = stackalloc nint[_products.Length];
        for (var row = Start(units, Chunks, chunk) * 8; row < end; row += _block)
        {
            var last = Math.Min(row + _block, end);
            for (var i = 0; i < _products.Length; i++)
            {
                // Where row 0 would lie, so that all count rows alike.
                starts[i] = (nint)local + (nint)(i * LocalSize) - ((nint)row * _columns * sizeof(float));
                _products[i].Range(row, last, (float*)starts[i]);
            }
            _loop.Range(row * _columns, last * _columns, chunk, scratch, _slots, starts);
        }
    }
}
