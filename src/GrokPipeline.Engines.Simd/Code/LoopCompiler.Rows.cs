using System.Reflection.Emit;

namespace GrokPipeline.Engines.Simd.Code;

internal sealed partial class LoopCompiler
{
    /// <summary>Some rows side by side: step by step, each step for each row, so that their instructions overlap.</summary>
    private sealed class RowsEmitter
    {
        private readonly LoopCompiler _loop;
        private readonly LoopSchedule _schedule;
        private readonly Step[] _steps;
        private readonly ILGenerator _il;
        private readonly RowEmitter[] _rows;

        public RowsEmitter(LoopCompiler loop, int count)
        {
            (_loop, _schedule, _steps, _il) = (loop, loop._schedule, loop._program.Steps, loop._il);
            _rows = new RowEmitter[count];
            for (var i = 0; i < count; i++) { _rows[i] = new(loop, Addresses(i)); }
        }

        public void Emit()
        {
            foreach (var row in _rows) { row.LoadScalars(); }
            for (var pass = 0; pass <= _schedule.Passes; pass++)
            {
                for (var i = 0; i < _steps.Length; i++)
                {
                    if (!_steps[i].IsRow || LoopSchedule.IsReduction(_steps[i]) || _schedule.Pass[i] != pass) { continue; }
                    foreach (var row in _rows) { row.RowStep(i); }
                }
                if (pass < _schedule.Passes) { Pass(pass); }
            }
            foreach (var sink in _loop._program.Sinks)
            {
                if (!sink.IsRow) { continue; }
                foreach (var row in _rows) { row.RowSink(sink); }
            }
        }

        // The first row lies where the loop stands; the others behind it; rows of tables where their indices say.
        private LocalBuilder[] Addresses(int row)
        {
            var addresses = row == 0 ? _loop._addresses : Behind(_rows[row - 1].Addresses);
            for (var i = 0; i < addresses.Length; i++)
            {
                if (!_schedule.Operands[i].IsIndexed) { continue; }
                _loop.Argument(2 * i);
                _il.Emit(OpCodes.Ldloc, addresses[i + 1]);
                _il.Emit(OpCodes.Ldind_I8);
                _il.Emit(OpCodes.Conv_I);
                _loop.Argument((2 * i) + 1);
                _il.Emit(OpCodes.Mul);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Stloc, addresses[i]);
            }
            return addresses;
        }

        private LocalBuilder[] Behind(LocalBuilder[] before)
        {
            var addresses = new LocalBuilder[before.Length];
            for (var i = 0; i < addresses.Length; i++)
            {
                addresses[i] = _il.DeclareLocal(typeof(nint));
                if (_schedule.Operands[i].IsIndexed) { continue; }
                _il.Emit(OpCodes.Ldloc, before[i]);
                _loop.Argument((2 * i) + 1);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Stloc, addresses[i]);
            }
            return addresses;
        }

        // One pass over the columns of the rows.
        private void Pass(int pass)
        {
            var reductions = Enumerable.Range(0, _steps.Length)
                .Where(i => LoopSchedule.IsReduction(_steps[i]) && _schedule.Pass[i] == pass + 1).ToArray();
            foreach (var row in _rows) { row.Begin(reductions); }
            if (_loop._isNarrow) { Columns(pass, reductions, tail: true); }
            else { AllColumns(pass, reductions); }
            foreach (var step in reductions)
            {
                foreach (var row in _rows) { row.End(step); }
            }
        }

        private void AllColumns(int pass, int[] reductions)
        {
            var (next, check, done) = (_il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel());
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Stloc, _loop._offset);
            _il.Emit(OpCodes.Br, check);
            _il.MarkLabel(next);
            Columns(pass, reductions, tail: false);
            _il.Emit(OpCodes.Ldloc, _loop._offset);
            _il.Emit(OpCodes.Ldc_I4, 16 * sizeof(float));
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, _loop._offset);
            _il.MarkLabel(check);
            _il.Emit(OpCodes.Ldloc, _loop._offset);
            _il.Emit(OpCodes.Ldloc, _loop._end);
            _il.Emit(OpCodes.Blt, next);
            _il.Emit(OpCodes.Ldloc, _loop._left[0]);
            _il.Emit(OpCodes.Brfalse, done);
            Columns(pass, reductions, tail: true);
            _il.MarkLabel(done);
            _loop._emitter.Forget();
        }

        private void Columns(int pass, int[] reductions, bool tail)
        {
            if (!_loop._isNarrow) { _loop._emitter.Forget(); }
            for (var part = 0; part < VectorEmitter.Parts; part++)
            {
                foreach (var row in _rows) { row.Start(pass, part, tail); }
                for (var i = 0; i < _steps.Length; i++)
                {
                    if (_steps[i].IsRow || _schedule.Pass[i] != pass) { continue; }
                    foreach (var row in _rows) { row.Step(i); }
                }
                foreach (var row in _rows)
                {
                    foreach (var step in reductions) { row.Reduce(step); }
                }
                foreach (var row in _rows) { row.Write(); }
            }
        }
    }
}
