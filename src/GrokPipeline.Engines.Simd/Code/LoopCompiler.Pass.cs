using System.Reflection.Emit;
using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Code;

internal sealed partial class LoopCompiler
{
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
            var sinks = loop._program.Sinks;
            var totals = Enumerable.Range(0, sinks.Length).Where(i => Writes(sinks[i], Role.AddScalar)).ToArray();
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
                if (!Reduces(i)) { continue; }
                Accumulate(_accumulators[i][part], Value(steps[i].Sources[0], part), steps[i].Kind, tail ? loop._mask[part] : null);
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
                if (spilled >= 0 && _schedule.Pass[i] == pass && _schedule.Operands[spilled].Role == Role.Spill)
                {
                    pending.Add((spilled, _values[i]));
                }
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
            var nothing = kind == NodeKind.MaxRows ? float.NegativeInfinity : 0f;
            if (mask is not null) { value = _emitter.Select(mask, value, _emitter.Constant(nothing)); }
            if (kind == NodeKind.MaxRows)
            {
                _emitter.Copy(_emitter.Select(_emitter.Call("GreaterThan", lanes, value), lanes, value), lanes);
            }
            else { _emitter.Assign(lanes, "Add", lanes, value); }
        }

        private void Fold(LocalBuilder[] lanes, string name)
        {
            foreach (var part in lanes) { _il.Emit(OpCodes.Ldloc, part); }
            _il.Emit(OpCodes.Call, Sized(name));
        }
    }
}
