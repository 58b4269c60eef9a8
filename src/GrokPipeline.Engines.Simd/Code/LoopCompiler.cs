using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace GrokPipeline.Engines.Simd.Code;

/// <summary>A generated loop. <paramref name="operands"/>: start and distance between rows in bytes, for each operand in turn.</summary>
internal unsafe delegate void LoopCode(nint* operands, nint rows, nint columns);

/// <summary>
/// Compiles a <see cref="LoopProgram"/> to machine code: intermediate results stay in registers, where an interpreter would store and load
/// each. Programs that do the same share one method.
/// </summary>
internal sealed partial class LoopCompiler
{
    private static readonly ConcurrentDictionary<string, LoopCode> Compiled = new(StringComparer.Ordinal);

    private readonly LoopSchedule _schedule;
    private readonly LoopProgram _program;
    private readonly VectorEmitter _emitter;
    private readonly ILGenerator _il;
    private readonly LocalBuilder[] _addresses;
    private readonly LocalBuilder _row;
    private readonly LocalBuilder _offset;
    private readonly LocalBuilder _end;
    private readonly LocalBuilder[] _left;
    private readonly LocalBuilder[] _mask;
    private readonly LocalBuilder?[] _rowValues;
    private readonly LocalBuilder?[] _rowLoads;

    private LoopCompiler(LoopSchedule schedule, ILGenerator il)
    {
        (_schedule, _program, _il, _emitter) = (schedule, schedule.Program, il, new VectorEmitter(il));
        _addresses = [.. schedule.Operands.Select(_ => il.DeclareLocal(typeof(nint)))];
        (_row, _offset, _end) = (il.DeclareLocal(typeof(nint)), il.DeclareLocal(typeof(nint)), il.DeclareLocal(typeof(nint)));
        _left = [.. Enumerable.Range(0, VectorEmitter.Parts).Select(_ => il.DeclareLocal(typeof(nint)))];
        _mask = [.. Enumerable.Range(0, VectorEmitter.Parts).Select(_ => il.DeclareLocal(_emitter.Vector))];
        _rowValues = new LocalBuilder?[_program.Steps.Length];
        _rowLoads = new LocalBuilder?[schedule.Operands.Length];
    }

    /// <summary>The machine code of a program; made at once, so that no run waits for the compiler.</summary>
    public static LoopCode Of(LoopSchedule schedule) => Compiled.GetOrAdd(schedule.Program.Key(), _ =>
    {
        var method = new DynamicMethod(
            "loop", typeof(void), [typeof(nint*), typeof(nint), typeof(nint)], typeof(LoopCompiler).Module, skipVisibility: true);
        new LoopCompiler(schedule, method.GetILGenerator()).Emit();
        var code = method.CreateDelegate<LoopCode>();
        RuntimeHelpers.PrepareDelegate(code);
        return code;
    });

    private void Emit()
    {
        for (var i = 0; i < _addresses.Length; i++)
        {
            Argument(2 * i);
            _il.Emit(OpCodes.Stloc, _addresses[i]);
        }
        Ends();
        var (next, check) = (_il.DefineLabel(), _il.DefineLabel());
        Zero(_row);
        _il.Emit(OpCodes.Br, check);
        _il.MarkLabel(next);
        Row();
        for (var i = 0; i < _addresses.Length; i++)
        {
            _il.Emit(OpCodes.Ldloc, _addresses[i]);
            Argument((2 * i) + 1);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, _addresses[i]);
        }
        Advance(_row, 1);
        _il.MarkLabel(check);
        _il.Emit(OpCodes.Ldloc, _row);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Blt, next);
        _il.Emit(OpCodes.Ret);
    }

    // Where whole vectors end, and what is left after them.
    private void Ends()
    {
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Ldc_I4, ~15);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Ldc_I4_4);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Stloc, _end);
        for (var part = 0; part < _left.Length; part++)
        {
            _il.Emit(OpCodes.Ldarg_2);
            _il.Emit(OpCodes.Ldc_I4, 15);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Stloc, _left[part]);
            Advance(_left[part], -part * VectorEmitter.Lanes);
            _il.Emit(OpCodes.Ldloc, _left[part]);
            _il.Emit(OpCodes.Call, Sized("FirstLanes"));
            _il.Emit(OpCodes.Stloc, _mask[part]);
        }
    }

    private void Row()
    {
        for (var i = 0; i < _rowLoads.Length; i++)
        {
            if (_schedule.Operands[i].Role == Role.LoadScalar) { _rowLoads[i] = LoadScalar(i); }
        }
        for (var pass = 0; pass <= _schedule.Passes; pass++)
        {
            for (var i = 0; i < _program.Steps.Length; i++)
            {
                var step = _program.Steps[i];
                if (step.IsRow && !LoopSchedule.IsReduction(step) && _schedule.Pass[i] == pass)
                {
                    _rowValues[i] = StepEmitter.Emit(_emitter, step, [.. step.Sources.Select(RowSource)]);
                }
            }
            if (pass < _schedule.Passes) { new PassEmitter(this, pass).Emit(); }
        }
        foreach (var sink in _program.Sinks) { SinkOfRow(sink); }
    }

    private LocalBuilder RowSource(Source source) =>
        source.Step >= 0 ? _rowValues[source.Step]! : source.Operand >= 0 ? _rowLoads[source.Operand]! : _emitter.Constant(source.Number);

    private LocalBuilder LoadScalar(int operand)
    {
        _il.Emit(OpCodes.Ldloc, _addresses[operand]);
        if (_schedule.Operands[operand].Element == ElementType.Bool)
        {
            _il.Emit(OpCodes.Ldind_U1);
            _il.Emit(OpCodes.Call, Helper(nameof(LaneMemory.Truth)));
        }
        else
        {
            _il.Emit(OpCodes.Ldind_R4);
        }
        return _emitter.Splat();
    }

    private void SinkOfRow(Sink sink)
    {
        var operand = _schedule.Operands[sink.Operand];
        if (!sink.IsRow) { return; }
        _il.Emit(OpCodes.Ldloc, _addresses[sink.Operand]);
        var value = RowSource(sink.From);
        if (operand.Element == ElementType.Bool)
        {
            _il.Emit(OpCodes.Ldloc, value);
            _il.Emit(OpCodes.Ldc_I4_1);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Call, Sized("StoreTruths"));
            return;
        }
        if (operand.Role == Role.AddScalar)
        {
            _il.Emit(OpCodes.Ldloc, _addresses[sink.Operand]);
            _il.Emit(OpCodes.Ldind_R4);
        }
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Call, _emitter.Method("ToScalar", _emitter.Vector));
        if (operand.Role == Role.AddScalar) { _il.Emit(OpCodes.Add); }
        _il.Emit(OpCodes.Stind_R4);
    }

    private bool IsRow(Source source) => source.Step >= 0 ? _program.Steps[source.Step].IsRow
        : source.Operand >= 0 && _schedule.Operands[source.Operand].Role == Role.LoadScalar;

    private static MethodInfo Helper(string name) => typeof(LaneMemory).GetMethod(name) ?? throw new MissingMethodException(name);

    private static MethodInfo Sized(string name) => Helper(name + (VectorEmitter.Lanes * 32));

    private void Argument(int index)
    {
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldc_I4, index * sizeof(long));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I);
    }

    private void Zero(LocalBuilder local)
    {
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Stloc, local);
    }

    private void Advance(LocalBuilder local, int by)
    {
        _il.Emit(OpCodes.Ldloc, local);
        _il.Emit(OpCodes.Ldc_I4, by);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, local);
    }
}
