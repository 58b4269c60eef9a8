using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Code;

/// <summary>A generated loop. <paramref name="operands"/>: start and distance between rows in bytes, for each operand in turn.</summary>
internal unsafe delegate void LoopCode(nint* operands, nint rows, nint columns);

/// <summary>
/// Compiles a <see cref="LoopProgram"/> to machine code: intermediate results stay in registers, where an interpreter would store and load
/// each. Programs that do the same share one method.
/// </summary>
internal sealed partial class LoopCompiler
{
    /// <summary>Columns of rows that are a single group of lanes: they need no loop over columns and no memory between passes.</summary>
    public const int Narrow = 16;

    private const int MostAbreast = 8;

    // Beyond 512, those of inlined calls included, the runtime's compiler inlines no more.
    private const int MostVariables = 400;

    private static readonly ConcurrentDictionary<string, LoopCode> Compiled = new(StringComparer.Ordinal);

    private readonly LoopSchedule _schedule;
    private readonly LoopProgram _program;
    private readonly bool _isNarrow;
    private readonly VectorEmitter _emitter;
    private readonly ILGenerator _il;
    private readonly LocalBuilder[] _addresses;
    private readonly LocalBuilder _offset;
    private readonly LocalBuilder _end;
    private readonly LocalBuilder[] _left;
    private readonly LocalBuilder[] _mask;
    private readonly LocalBuilder[]?[] _totals;

    private LoopCompiler(LoopSchedule schedule, bool isNarrow, ILGenerator il)
    {
        (_schedule, _program, _isNarrow, _il, _emitter) = (schedule, schedule.Program, isNarrow, il, new VectorEmitter(il));
        _addresses = [.. schedule.Operands.Select(_ => il.DeclareLocal(typeof(nint)))];
        (_offset, _end) = (il.DeclareLocal(typeof(nint)), il.DeclareLocal(typeof(nint)));
        _left = [.. Enumerable.Range(0, VectorEmitter.Parts).Select(_ => il.DeclareLocal(typeof(nint)))];
        _mask = [.. Enumerable.Range(0, VectorEmitter.Parts).Select(_ => il.DeclareLocal(_emitter.Vector))];
        _totals = new LocalBuilder[]?[_program.Sinks.Length];
    }

    /// <summary>The machine code of a program; made at once, so that no run waits for the compiler.</summary>
    /// <param name="schedule">What to do.</param>
    /// <param name="columns">Columns that it will be called with: the code for <see cref="Narrow"/> or fewer is another.</param>
    public static LoopCode Of(LoopSchedule schedule, int columns)
    {
        var isNarrow = columns <= Narrow;
        return Compiled.GetOrAdd((isNarrow ? "narrow " : "") + schedule.Program.Key(), _ =>
        {
            // What a row computes from its own sum waits for a long chain of instructions; rows side by side fill the time. A wide row has
            // enough of its own, and rows whose vectors take several registers have none to spare.
            var abreast = schedule.Passes > 1 && VectorEmitter.Parts == 1 && isNarrow ? MostAbreast : 1;
            while (true)
            {
                var method = new DynamicMethod(
                    "loop", typeof(void), [typeof(nint*), typeof(nint), typeof(nint)], typeof(LoopCompiler).Module, skipVisibility: true);
                var variables = new LoopCompiler(schedule, isNarrow, method.GetILGenerator()).Emit(abreast);
                if (abreast > 1 && variables > MostVariables) { abreast /= 2; continue; }
                var code = method.CreateDelegate<LoopCode>();
                RuntimeHelpers.PrepareDelegate(code);
                return code;
            }
        });
    }

    private int Emit(int abreast)
    {
        for (var i = 0; i < _addresses.Length; i++)
        {
            Argument(2 * i);
            _il.Emit(OpCodes.Stloc, _addresses[i]);
        }
        Ends();
        for (var i = 0; i < _totals.Length; i++)
        {
            var operand = _program.Sinks[i].Operand;
            var role = _schedule.Operands[operand].Role;
            if (role == Role.AddScalar && !_program.Sinks[i].IsRow) { _totals[i] = Accumulators(NodeKind.SumRows); }
            if (role == Role.TotalVector) { _totals[i] = LastSums(operand); }
        }
        if (abreast > 1) { Rows(abreast); }
        Rows(1);
        Totals();
        _il.Emit(OpCodes.Ret);
        return _il.DeclareLocal(typeof(int)).LocalIndex;
    }

    // While at least so many rows are left. Each row's arithmetic is the same as alone.
    private void Rows(int abreast)
    {
        var (next, check) = (_il.DefineLabel(), _il.DefineLabel());
        _il.Emit(OpCodes.Br, check);
        _il.MarkLabel(next);
        _emitter.Forget();
        new RowsEmitter(this, abreast).Emit();
        for (var i = 0; i < _addresses.Length; i++)
        {
            if (_schedule.Operands[i].Role == Role.Spill || _schedule.Operands[i].IsIndexed) { continue; }
            _il.Emit(OpCodes.Ldloc, _addresses[i]);
            Argument((2 * i) + 1);
            _il.Emit(OpCodes.Ldc_I4, abreast);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, _addresses[i]);
        }
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, abreast);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Starg_S, (byte)1);
        _il.MarkLabel(check);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, abreast);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Bge, next);
        _emitter.Forget();
    }

    // The total of everything is kept in 16 lanes over all rows of a call, and added to memory once; so are the last columns' sums, where
    // each row would have to wait for the one before: a load of what was stored in part.
    private void Totals()
    {
        for (var i = 0; i < _totals.Length; i++)
        {
            if (_totals[i] is not { } lanes) { continue; }
            var operand = _program.Sinks[i].Operand;
            Argument(2 * operand);
            if (_schedule.Operands[operand].Role == Role.TotalVector)
            {
                _il.Emit(OpCodes.Stloc, _addresses[operand]);
                Copy(_end, _offset);
                for (var part = 0; part < lanes.Length; part++)
                {
                    Store(_addresses[operand], ElementType.Float32, lanes[part], part, tail: true);
                }
                continue;
            }
            Argument(2 * operand);
            _il.Emit(OpCodes.Ldind_R4);
            Fold(lanes, "Sum");
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stind_R4);
        }
    }

    // The sums so far of the columns behind the last whole group of lanes.
    private LocalBuilder[] LastSums(int operand)
    {
        Copy(_end, _offset);
        var sums = new LocalBuilder[VectorEmitter.Parts];
        for (var part = 0; part < sums.Length; part++)
        {
            Address(_addresses[operand], ElementType.Float32, part);
            sums[part] = _emitter.Load();
        }
        return sums;
    }

    // Where whole groups of lanes end, and what is left after them.
    private void Ends()
    {
        if (!_isNarrow)
        {
            _il.Emit(OpCodes.Ldarg_2);
            _il.Emit(OpCodes.Ldc_I4, ~15);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Ldc_I4_4);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Stloc, _end);
        }
        for (var part = 0; part < _left.Length; part++)
        {
            _il.Emit(OpCodes.Ldarg_2);
            if (!_isNarrow)
            {
                _il.Emit(OpCodes.Ldc_I4, 15);
                _il.Emit(OpCodes.Conv_I);
                _il.Emit(OpCodes.And);
            }
            _il.Emit(OpCodes.Ldc_I4, part * VectorEmitter.Lanes);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Sub);
            _il.Emit(OpCodes.Stloc, _left[part]);
            _il.Emit(OpCodes.Ldloc, _left[part]);
            _il.Emit(OpCodes.Call, Sized("FirstLanes"));
            _il.Emit(OpCodes.Stloc, _mask[part]);
        }
    }

    private LocalBuilder[] Accumulators(NodeKind kind)
    {
        var start = kind == NodeKind.MaxRows ? float.NegativeInfinity : 0f;
        return [.. Enumerable.Range(0, VectorEmitter.Parts).Select(_ => _emitter.Variable(start))];
    }

    private void Fold(LocalBuilder[] lanes, string name)
    {
        foreach (var part in lanes) { _il.Emit(OpCodes.Ldloc, part); }
        _il.Emit(OpCodes.Call, Sized(name));
    }

    private void Store(LocalBuilder address, ElementType element, LocalBuilder value, int part, bool tail)
    {
        Address(address, element, part);
        if (element == ElementType.Float32 && !tail) { _emitter.Store(value); return; }
        if (tail && element == ElementType.Float32 && _emitter.MaskedStore is { } store)
        {
            _il.Emit(OpCodes.Ldloc, _mask[part]);
            _il.Emit(OpCodes.Ldloc, value);
            _il.Emit(OpCodes.Call, store);
            return;
        }
        _il.Emit(OpCodes.Ldloc, value);
        if (tail) { _il.Emit(OpCodes.Ldloc, _left[part]); }
        else { _il.Emit(OpCodes.Ldc_I4, VectorEmitter.Lanes); _il.Emit(OpCodes.Conv_I); }
        _il.Emit(OpCodes.Call, Sized(element == ElementType.Bool ? "StoreTruths" : "StoreFirst"));
    }

    private void Address(LocalBuilder address, ElementType element, int part)
    {
        _il.Emit(OpCodes.Ldloc, address);
        if (!_isNarrow)
        {
            _il.Emit(OpCodes.Ldloc, _offset);
            if (element == ElementType.Bool)
            {
                _il.Emit(OpCodes.Ldc_I4_2);
                _il.Emit(OpCodes.Shr);
            }
            _il.Emit(OpCodes.Add);
        }
        if (part > 0)
        {
            _il.Emit(OpCodes.Ldc_I4, part * VectorEmitter.Lanes * element.SizeInBytes());
            _il.Emit(OpCodes.Add);
        }
    }

    private static MethodInfo Helper(string name) => typeof(LaneMemory).GetMethod(name) ?? throw new MissingMethodException(name);

    private static MethodInfo Sized(string name) => Helper(name + (VectorEmitter.Lanes * 32));

    private void Argument(int index)
    {
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldc_I4, index * sizeof(long));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I);
    }

    private void Copy(LocalBuilder from, LocalBuilder to)
    {
        _il.Emit(OpCodes.Ldloc, from);
        _il.Emit(OpCodes.Stloc, to);
    }
}
