using System.Globalization;

namespace GrokPipeline.Tables.DuckDb;

/// <summary>Collects the cells of one column of a result, chunk by chunk.</summary>
internal abstract unsafe class ColumnReader
{
    /// <summary>Rows without a value.</summary>
    protected List<int> Nulls { get; } = [];

    /// <summary>Rows so far.</summary>
    protected int Rows { get; private set; }

    /// <summary>The first row without a value; null when all have one.</summary>
    internal int? FirstNull => Nulls.Count > 0 ? Nulls[0] : null;

    /// <summary>The type that a column must be cast to before it is read; null when it is read as it is.</summary>
    internal static string? CastOf(nint type, bool vectors)
    {
        if (Of(type, vectors) is not null) { return null; }
        var id = NativeMethods.duckdb_get_type_id(type);
        if (!vectors || id is not (NativeType.List or NativeType.Array)) { return "VARCHAR"; }
        var child = id == NativeType.List
            ? NativeMethods.duckdb_list_type_child_type(type) : NativeMethods.duckdb_array_type_child_type(type);
        var isNumber = Of(child, vectors: false) is not (null or Texts or Truths);
        NativeMethods.duckdb_destroy_logical_type(ref child);
        return isNumber ? "FLOAT[]" : "VARCHAR";                      // most programs write lists of double
    }

    /// <summary>The reader of a column type; null for a type that must be cast to text first.</summary>
    internal static ColumnReader? Of(nint type, bool vectors)
    {
        var id = NativeMethods.duckdb_get_type_id(type);
        return id switch
        {
            NativeType.Boolean => new Truths(),
            NativeType.TinyInt => new Integers<sbyte>(),
            NativeType.SmallInt => new Integers<short>(),
            NativeType.Integer => new Integers<int>(),
            NativeType.BigInt => new Integers<long>(),
            NativeType.UTinyInt => new Integers<byte>(),
            NativeType.USmallInt => new Integers<ushort>(),
            NativeType.UInteger => new Integers<uint>(),
            NativeType.UBigInt => new Integers<ulong>(),
            NativeType.HugeInt => new Integers<Int128>(),
            NativeType.UHugeInt => new Integers<UInt128>(),
            NativeType.Float => new Numbers<float>(),
            NativeType.Double => new Numbers<double>(),
            NativeType.Varchar => new Texts(),
            NativeType.Decimal => new Decimals(NativeMethods.duckdb_decimal_internal_type(type), NativeMethods.duckdb_decimal_scale(type)),
            NativeType.List or NativeType.Array when vectors => Vectors.Of(type, id),
            _ => null,
        };
    }

    /// <summary>Takes the cells of a chunk.</summary>
    internal void Append(nint vector, int count)
    {
        var validity = NativeMethods.duckdb_vector_get_validity(vector);
        for (var i = 0; validity is not null && i < count; i++)
        {
            if (!IsValid(validity, i)) { Nulls.Add(Rows + i); }
        }
        Take(vector, NativeMethods.duckdb_vector_get_data(vector), validity, count);
        Rows += count;
    }

    /// <summary>The column. Integers and truth values that are null somewhere become numbers with NaN, and text.</summary>
    internal abstract ColumnValues Finish(string name);

    protected abstract void Take(nint vector, void* data, ulong* validity, int count);

    protected static bool IsValid(ulong* validity, int row) => validity is null || (validity[row / 64] >> (row % 64) & 1) != 0;

    private sealed class Numbers<T> : ColumnReader
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        private readonly List<T> _cells = [];

        internal override ColumnValues Finish(string name)
        {
            foreach (var row in Nulls) { _cells[row] = T.NaN; }
            return _cells switch
            {
                List<float> cells => ColumnValues.Of(name, cells.ToArray()),
                List<double> cells => ColumnValues.Of(name, cells.ToArray()),
                _ => throw new InvalidOperationException($"No column of {typeof(T)}."),
            };
        }

        protected override void Take(nint vector, void* data, ulong* validity, int count) =>
            _cells.AddRange(new ReadOnlySpan<T>(data, count));
    }

    private sealed class Integers<T> : ColumnReader
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        private readonly List<T> _cells = [];

        internal override ColumnValues Finish(string name)
        {
            var (values, fits) = (new long[_cells.Count], true);
            foreach (var row in Nulls) { _cells[row] = T.Zero; }
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = long.CreateTruncating(_cells[i]);
                fits &= T.CreateTruncating(values[i]) == _cells[i] && T.IsNegative(_cells[i]) == (values[i] < 0);
            }
            if (!fits) { return Text(name); }
            if (Nulls.Count == 0) { return ColumnValues.Of(name, values); }
            var numbers = Array.ConvertAll(values, value => (double)value);
            foreach (var row in Nulls) { numbers[row] = double.NaN; }
            return ColumnValues.Of(name, numbers);
        }

        protected override void Take(nint vector, void* data, ulong* validity, int count) =>
            _cells.AddRange(new ReadOnlySpan<T>(data, count));

        private ColumnValues Text(string name)
        {
            var texts = _cells.Select(string? (cell) => cell.ToString(null, CultureInfo.InvariantCulture)).ToArray();
            foreach (var row in Nulls) { texts[row] = null; }
            return ColumnValues.Of(name, texts);
        }
    }

    private sealed class Truths : ColumnReader
    {
        private readonly List<bool> _cells = [];

        internal override ColumnValues Finish(string name)
        {
            if (Nulls.Count == 0) { return ColumnValues.Of(name, _cells.ToArray()); }
            var texts = _cells.Select(string? (cell) => cell ? "true" : "false").ToArray();
            foreach (var row in Nulls) { texts[row] = null; }
            return ColumnValues.Of(name, texts);
        }

        protected override void Take(nint vector, void* data, ulong* validity, int count)
        {
            foreach (var cell in new ReadOnlySpan<byte>(data, count)) { _cells.Add(cell != 0); }
        }
    }

    private sealed class Decimals(int internalType, int scale) : ColumnReader
    {
        private readonly List<double> _cells = [];

        internal override ColumnValues Finish(string name)
        {
            foreach (var row in Nulls) { _cells[row] = double.NaN; }
            return ColumnValues.Of(name, _cells.ToArray());
        }

        protected override void Take(nint vector, void* data, ulong* validity, int count)
        {
            for (var i = 0; i < count; i++)
            {
                Int128 unscaled = !IsValid(validity, i) ? 0 : internalType switch
                {
                    NativeType.SmallInt => ((short*)data)[i],
                    NativeType.Integer => ((int*)data)[i],
                    NativeType.BigInt => ((long*)data)[i],
                    _ => ((Int128*)data)[i],
                };
                // Read as a text, so that it is the double nearest to the decimal.
                _cells.Add(double.Parse($"{unscaled}E-{scale}", NumberStyles.Float, CultureInfo.InvariantCulture));
            }
        }
    }

    private sealed class Texts : ColumnReader
    {
        private readonly List<string?> _cells = [];

        internal override ColumnValues Finish(string name) => ColumnValues.Of(name, _cells.ToArray());

        protected override void Take(nint vector, void* data, ulong* validity, int count)
        {
            // duckdb_string_t: a 32-bit length, then up to 12 bytes of text; of a longer one 4 bytes, then a pointer.
            for (var i = 0; i < count; i++)
            {
                var cell = (byte*)data + (16 * i);
                var length = *(uint*)cell;
                var bytes = length <= 12 ? cell + 4 : *(byte**)(cell + 8);
                _cells.Add(IsValid(validity, i) ? System.Text.Encoding.UTF8.GetString(bytes, (int)length) : null);
            }
        }
    }

    private sealed class Vectors(ulong arraySize) : ColumnReader
    {
        private readonly List<float> _cells = [];
        private int _width = (int)arraySize;

        internal static Vectors? Of(nint type, int id)
        {
            var child = id == NativeType.List
                ? NativeMethods.duckdb_list_type_child_type(type)
                : NativeMethods.duckdb_array_type_child_type(type);
            var isFloat = NativeMethods.duckdb_get_type_id(child) == NativeType.Float;
            NativeMethods.duckdb_destroy_logical_type(ref child);
            return !isFloat ? null : new(id == NativeType.List ? 0 : NativeMethods.duckdb_array_type_array_size(type));
        }

        // A file without rows does not say the width; the schema in its metadata does.
        internal override ColumnValues Finish(string name) => ColumnValues.Vector(name, Math.Max(1, _width), _cells.ToArray());

        protected override void Take(nint vector, void* data, ulong* validity, int count)
        {
            if (Nulls.Count > 0) { throw new MissingCellException(Nulls[0], "vector"); }
            var isArray = arraySize > 0;
            var child = isArray ? NativeMethods.duckdb_array_vector_get_child(vector) : NativeMethods.duckdb_list_vector_get_child(vector);
            var size = isArray ? (ulong)count * arraySize : NativeMethods.duckdb_list_vector_get_size(vector);
            var elements = (float*)NativeMethods.duckdb_vector_get_data(child);
            var valid = NativeMethods.duckdb_vector_get_validity(child);
            for (var i = 0; i < count; i++)
            {
                var (offset, length) = isArray ? ((ulong)i * arraySize, arraySize) : (((ulong*)data)[2 * i], ((ulong*)data)[(2 * i) + 1]);
                if (_width == 0 && length is > 0 and <= TableSchema.MaximumWidth) { _width = (int)length; }
                if (length != (ulong)_width || _width == 0 || offset + length > size)
                {
                    throw new DuckDbException($"the vector in row {Rows + i} has {length} elements, others have {_width}");
                }
                for (var j = offset; valid is not null && j < offset + length; j++)
                {
                    if (IsValid(valid, (int)j)) { continue; }
                    throw new MissingCellException(Rows + i, "vector element");
                }
                _cells.AddRange(new ReadOnlySpan<float>(elements + offset, _width));
            }
        }
    }
}
