using System.Reflection.Emit;
using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Code;

internal sealed partial class LoopCompiler
{
    /// <summary>What is known of one row while code for it is written: which variable holds what.</summary>
    private sealed class RowEmitter(LoopCompiler loop, LocalBuilder[] addresses)
    {
        private readonly VectorEmitter _emitter = loop._emitter;
        private readonly ILGenerator _il = loop._il;
        private readonly LoopSchedule _schedule = loop._schedule;
        private readonly Step[] _steps = loop._program.Steps;
        private readonly LocalBuilder?[] _rowValues = new LocalBuilder?[loop._program.Steps.Length];
        private readonly LocalBuilder?[] _rowLoads = new LocalBuilder?[addresses.Length];
        private readonly Dictionary<(int Step, int Part), LocalBuilder> _kept = [];
        private readonly Dictionary<int, LocalBuilder[]> _accumulators = [];
        private readonly Dictionary<int, LocalBuilder> _values = [];
        private readonly Dictionary<int, LocalBuilder> _loads = [];
        private int _pass;
        private int _part;
        private bool _isTail;

        /// <summary>Where the row starts in each operand.</summary>
        public LocalBuilder[] Addresses => addresses;

        /// <summary>Loads what memory has once per row.</summary>
        public void LoadScalars()
        {
            for (var i = 0; i < _rowLoads.Length; i++)
            {
                if (_schedule.Operands[i].Role == Role.LoadScalar) { _rowLoads[i] = LoadScalar(i); }
            }
        }

        /// <summary>A step that runs once for the row.</summary>
        public void RowStep(int step) => _rowValues[step] = Emit(step, [.. _steps[step].Sources.Select(RowSource)]);

        /// <summary>A result that is written once for the row.</summary>
        public void RowSink(Sink sink)
        {
            var operand = _schedule.Operands[sink.Operand];
            var value = RowSource(sink.From);
            _il.Emit(OpCodes.Ldloc, addresses[sink.Operand]);
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
                _il.Emit(OpCodes.Ldloc, addresses[sink.Operand]);
                _il.Emit(OpCodes.Ldind_R4);
            }
            _il.Emit(OpCodes.Ldloc, value);
            _il.Emit(OpCodes.Call, _emitter.Method("ToScalar", _emitter.Vector));
            if (operand.Role == Role.AddScalar) { _il.Emit(OpCodes.Add); }
            _il.Emit(OpCodes.Stind_R4);
        }

        /// <summary>Before a pass: the sums that it will make start from nothing.</summary>
        public void Begin(int[] reductions)
        {
            foreach (var step in reductions) { _accumulators[step] = loop.Accumulators(_steps[step].Kind); }
        }

        /// <summary>After a pass: the lanes of a sum meet.</summary>
        public void End(int step)
        {
            loop.Fold(_accumulators[step], _steps[step].Kind == NodeKind.MaxRows ? "Largest" : "Sum");
            _rowValues[step] = _emitter.Splat();
        }

        /// <summary>Before the steps of a pass on the next columns.</summary>
        public void Start(int pass, int part, bool isTail)
        {
            (_pass, _part, _isTail) = (pass, part, isTail);
            foreach (var load in _loads.Values.Except(_kept.Values)) { _emitter.Release(load); }
            _values.Clear();
            _loads.Clear();
            foreach (var key in _kept.Keys.Where(key => _schedule.LastUse[key.Step] < pass).ToArray())
            {
                _emitter.Release(_kept[key]);
                _kept.Remove(key);
            }
            // What earlier passes computed at the row's end is still in variables: a load of what was stored in part would wait until the
            // store is done.
            foreach (var (key, kept) in _kept)
            {
                if (isTail && key.Part == part) { _values[key.Step] = kept; }
            }
        }

        /// <summary>A step that runs for each element.</summary>
        public void Step(int step)
        {
            _values[step] = Emit(step, [.. _steps[step].Sources.Select(Value)]);
            if (_isTail) { _kept[(step, _part)] = _values[step]; }
        }

        /// <summary>Adds the columns to a sum of the row, or takes them into its maximum.</summary>
        public void Reduce(int step) => Accumulate(_accumulators[step][_part], Value(_steps[step].Sources[0]), _steps[step].Kind);

        /// <summary>Writes results, and what later passes need again.</summary>
        public void Write()
        {
            // All loads come before the first store: an output may lie where an input was.
            var pending = new List<(int Operand, LocalBuilder Value)>();
            for (var i = 0; i < loop._program.Sinks.Length; i++)
            {
                var sink = loop._program.Sinks[i];
                if (sink.IsRow || _schedule.PassOf(sink) != _pass) { continue; }
                var (value, total) = (Value(sink.From), loop._totals[i]);                  // made for the two cases that use it
                switch (loop._program.Operands[sink.Operand].Role)
                {
                    case Role.StoreVector: pending.Add((sink.Operand, value)); break;
                    case Role.AddScalar: Accumulate(total![_part], value, NodeKind.SumRows); break;
                    case Role.TotalVector when _isTail: Add(total![_part], value); break;
                    default: pending.Add((sink.Operand, _emitter.Call("Add", Load(sink.Operand), value))); break;
                }
            }
            for (var i = 0; i < _steps.Length; i++)
            {
                var spilled = _schedule.SpillOperand[i];
                if (!_isTail && spilled >= 0 && _schedule.Pass[i] == _pass && _schedule.Operands[spilled].Role == Role.Spill)
                {
                    pending.Add((spilled, _values[i]));
                }
            }
            foreach (var (operand, value) in pending)
            {
                loop.Store(addresses[operand], _schedule.Operands[operand].Element, value, _part, _isTail);
            }
        }

        private LocalBuilder Emit(int step, LocalBuilder[] x) => _emitter.Only(() => StepEmitter.Emit(_emitter, _steps[step], x));

        private LocalBuilder Value(Source source)
        {
            if (IsRow(source)) { return RowSource(source); }
            if (source.Operand >= 0) { return Load(source.Operand); }
            if (_values.TryGetValue(source.Step, out var value)) { return value; }
            return _values[source.Step] = Load(_schedule.SpillOperand[source.Step]);
        }

        private bool IsRow(Source source) => source.Step >= 0 ? _steps[source.Step].IsRow
            : source.Operand < 0 || _schedule.Operands[source.Operand].Role == Role.LoadScalar;

        // Steps come after what they use, so it is there.
        private LocalBuilder RowSource(Source source) => source.Step >= 0 ? _rowValues[source.Step]!
            : source.Operand >= 0 ? _rowLoads[source.Operand]! : _emitter.Constant(source.Number);

        private LocalBuilder LoadScalar(int operand)
        {
            _il.Emit(OpCodes.Ldloc, addresses[operand]);
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

        private LocalBuilder Load(int operand)
        {
            if (_loads.TryGetValue(operand, out var known)) { return known; }
            var element = _schedule.Operands[operand].Element;
            loop.Address(addresses[operand], element, _part);
            if (element != ElementType.Bool) { return _loads[operand] = _emitter.Load(); }
            _il.Emit(OpCodes.Call, Sized("LoadTruths"));
            return _loads[operand] = _emitter.Keep();
        }

        private void Add(LocalBuilder sum, LocalBuilder value) => _emitter.Only(() =>
        {
            _emitter.Copy(_emitter.Call("Add", sum, value), sum);
            return sum;
        });

        private void Accumulate(LocalBuilder lanes, LocalBuilder value, NodeKind kind)
        {
            var nothing = kind == NodeKind.MaxRows ? float.NegativeInfinity : 0f;
            _emitter.Only(() =>
            {
                if (_isTail) { value = _emitter.Select(loop._mask[_part], value, _emitter.Constant(nothing)); }
                _emitter.Copy(kind == NodeKind.MaxRows ? _emitter.Larger(lanes, value) : _emitter.Call("Add", lanes, value), lanes);
                return lanes;
            });
        }
    }
}
