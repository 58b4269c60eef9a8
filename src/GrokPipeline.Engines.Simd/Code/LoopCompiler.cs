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
internal sealed class LoopCompiler
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
        var method = new DynamicMethod("loop", typeof(void), [typeof(nint*), typeof(nint), typeof(nint)], typeof(LoopCompiler).Module, skipVisibility: true);
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

    /// <summary>One pass over the columns of a row.</summary>
    private sealed class PassEmitter(LoopCompiler loop, int pass)
    {
        private readonly VectorEmitter _emitter = loop._emitter;
        private readonly ILGenerator _il = loop._il;
        private readonly LoopSchedule _schedule = loop._schedule;
        private readonly Dictionary<int, LocalBuilder[]> _accumulators = [];
        private readonly Dictionary<int, LocalBuilder> _values = [];
        private readonly Dictionary<int, LocalBuilder> _loads = [];

        public void Emit()
        {
            var reductions = Enumerable.Range(0, loop._program.Steps.Length).Where(Reduces).ToArray();
            // The total of everything is the total of the rows' totals.
            var totals = Enumerable.Range(0, loop._program.Sinks.Length).Where(i => Writes(loop._program.Sinks[i], Role.AddScalar)).ToArray();
            foreach (var step in reductions) { _accumulators[step] = Accumulators(loop._program.Steps[step].Kind); }
            foreach (var sink in totals) { _accumulators[~sink] = Accumulators(NodeKind.SumRows); }
            Columns();
            foreach (var step in reductions)
            {
                Fold(_accumulators[step], loop._program.Steps[step].Kind == NodeKind.MaxRows ? "Largest" : "Sum");
                loop._rowValues[step] = _emitter.Splat();
            }
            foreach (var sink in totals)
            {
                var address = loop._addresses[loop._program.Sinks[sink].Operand];
                _il.Emit(OpCodes.Ldloc, address);
                _il.Emit(OpCodes.Ldloc, address);
                _il.Emit(OpCodes.Ldind_R4);
                Fold(_accumulators[~sink], "Sum");
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Stind_R4);
            }
        }

        private void Columns()
        {
            var (next, check, done) = (_il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel());
            loop.Zero(loop._offset);
            _il.Emit(OpCodes.Br, check);
            _il.MarkLabel(next);
            for (var part = 0; part < VectorEmitter.Parts; part++) { Body(part, tail: false); }
            loop.Advance(loop._offset, 64);
            _il.MarkLabel(check);
            _il.Emit(OpCodes.Ldloc, loop._offset);
            _il.Emit(OpCodes.Ldloc, loop._end);
            _il.Emit(OpCodes.Blt, next);
            _il.Emit(OpCodes.Ldloc, loop._left[0]);
            _il.Emit(OpCodes.Brfalse, done);
            for (var part = 0; part < VectorEmitter.Parts; part++) { Body(part, tail: true); }
            _il.MarkLabel(done);
        }

        private void Body(int part, bool tail)
        {
            _values.Clear();
            _loads.Clear();
            var steps = loop._program.Steps;
            for (var i = 0; i < steps.Length; i++)
            {
                if (steps[i].IsRow || _schedule.Pass[i] != pass) { continue; }
                _values[i] = StepEmitter.Emit(_emitter, steps[i], [.. steps[i].Sources.Select(source => Value(source, part))]);
            }
            for (var i = 0; i < steps.Length; i++)
            {
                if (Reduces(i)) { Accumulate(_accumulators[i][part], Value(steps[i].Sources[0], part), steps[i].Kind, tail ? loop._mask[part] : null); }
            }
            for (var i = 0; i < loop._program.Sinks.Length; i++)
            {
                if (_accumulators.TryGetValue(~i, out var total))
                {
                    Accumulate(total[part], Value(loop._program.Sinks[i].From, part), NodeKind.SumRows, tail ? loop._mask[part] : null);
                }
            }
            Write(part, tail);
        }

        private void Write(int part, bool tail)
        {
            // All loads come before the first store: an output may lie where an input was.
            var pending = new List<(int Operand, LocalBuilder Value)>();
            foreach (var sink in loop._program.Sinks)
            {
                if (Writes(sink, Role.StoreVector)) { pending.Add((sink.Operand, Value(sink.From, part))); }
                if (Writes(sink, Role.AddVector))
                {
                    var before = Load(sink.Operand, part);
                    pending.Add((sink.Operand, _emitter.Call("Add", before, Value(sink.From, part))));
                }
            }
            for (var i = 0; i < loop._program.Steps.Length; i++)
            {
                var spilled = _schedule.SpillOperand[i];
                if (spilled >= 0 && _schedule.Pass[i] == pass && _schedule.Operands[spilled].Role == Role.Spill) { pending.Add((spilled, _values[i])); }
            }
            foreach (var (operand, value) in pending) { Store(operand, value, part, tail); }
        }

        private bool Reduces(int step) => LoopSchedule.IsReduction(loop._program.Steps[step]) && _schedule.Pass[step] == pass + 1;

        private bool Writes(Sink sink, Role role) =>
            !sink.IsRow && loop._program.Operands[sink.Operand].Role == role && _schedule.PassOf(sink) == pass;

        private LocalBuilder Value(Source source, int part)
        {
            if (source.Step < 0 && source.Operand < 0) { return _emitter.Constant(source.Number); }
            if (loop.IsRow(source)) { return loop.RowSource(source); }
            if (source.Operand >= 0) { return Load(source.Operand, part); }
            if (_values.TryGetValue(source.Step, out var value)) { return value; }
            return _values[source.Step] = Load(_schedule.SpillOperand[source.Step], part);
        }

        private LocalBuilder Load(int operand, int part)
        {
            if (_loads.TryGetValue(operand, out var known)) { return known; }
            var element = _schedule.Operands[operand].Element;
            Address(operand, part, element);
            if (element != ElementType.Bool) { return _loads[operand] = _emitter.Load(); }
            _il.Emit(OpCodes.Call, Sized("LoadTruths"));
            return _loads[operand] = _emitter.Keep();
        }

        private void Store(int operand, LocalBuilder value, int part, bool tail)
        {
            var element = _schedule.Operands[operand].Element;
            Address(operand, part, element);
            if (element == ElementType.Float32 && !tail) { _emitter.Store(value); return; }
            if (tail && element == ElementType.Float32 && _emitter.MaskedStore is { } store)
            {
                _il.Emit(OpCodes.Ldloc, loop._mask[part]);
                _il.Emit(OpCodes.Ldloc, value);
                _il.Emit(OpCodes.Call, store);
                return;
            }
            _il.Emit(OpCodes.Ldloc, value);
            if (tail) { _il.Emit(OpCodes.Ldloc, loop._left[part]); }
            else { _il.Emit(OpCodes.Ldc_I4, VectorEmitter.Lanes); _il.Emit(OpCodes.Conv_I); }
            _il.Emit(OpCodes.Call, Sized(element == ElementType.Bool ? "StoreTruths" : "StoreFirst"));
        }

        private void Address(int operand, int part, ElementType element)
        {
            _il.Emit(OpCodes.Ldloc, loop._addresses[operand]);
            _il.Emit(OpCodes.Ldloc, loop._offset);
            if (element == ElementType.Bool)
            {
                _il.Emit(OpCodes.Ldc_I4_2);
                _il.Emit(OpCodes.Shr);
            }
            _il.Emit(OpCodes.Add);
            if (part > 0)
            {
                _il.Emit(OpCodes.Ldc_I4, part * VectorEmitter.Lanes * element.SizeInBytes());
                _il.Emit(OpCodes.Add);
            }
        }

        private LocalBuilder[] Accumulators(NodeKind kind)
        {
            var start = kind == NodeKind.MaxRows ? float.NegativeInfinity : 0f;
            return [.. Enumerable.Range(0, VectorEmitter.Parts).Select(_ => _emitter.Constant(start))];
        }

        private void Accumulate(LocalBuilder lanes, LocalBuilder value, NodeKind kind, LocalBuilder? mask)
        {
            if (mask is not null) { value = _emitter.Select(mask, value, _emitter.Constant(kind == NodeKind.MaxRows ? float.NegativeInfinity : 0f)); }
            if (kind == NodeKind.MaxRows) { _emitter.Copy(_emitter.Select(_emitter.Call("GreaterThan", lanes, value), lanes, value), lanes); }
            else { _emitter.Assign(lanes, "Add", lanes, value); }
        }

        private void Fold(LocalBuilder[] lanes, string name)
        {
            foreach (var part in lanes) { _il.Emit(OpCodes.Ldloc, part); }
            _il.Emit(OpCodes.Call, Sized(name));
        }
    }
}
