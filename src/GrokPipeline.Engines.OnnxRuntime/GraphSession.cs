using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace GrokPipeline.Engines.OnnxRuntime;

/// <summary>
/// A compiled graph. All inputs and outputs are bound once to memory that stays; state is carried by running through two bindings in
/// turn, in which the carried buffers have changed places, so that nothing is copied and nothing is allocated in a run.
/// </summary>
internal sealed class GraphSession : ISession
{
    private readonly Graph _graph;
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly Dictionary<string, Port> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Port> _outputs = new(StringComparer.Ordinal);
    private readonly List<CarriedState> _states = [];
    private readonly List<(Port From, Port To)> _copied = [];
    private readonly List<OrtValue> _views = [];
    private readonly OrtIoBinding[] _bindings;
    private int _turn;

    private GraphSession(Graph graph, InferenceSession session)
    {
        _graph = graph;
        _session = session;
        foreach (var input in graph.Inputs) { _inputs[input.Name!] = new(Native.Allocate(input.Name!, input.Type)); }
        foreach (var output in graph.Outputs) { _outputs[output.Name] = new(Native.Allocate(output.Name, output.Value.Type)); }
        foreach (var pair in graph.Carried) { Carry(_outputs[pair.Output], _inputs[pair.Input]); }
        _bindings = [Bind(turn: 0), Bind(turn: 1)];
    }

    public static GraphSession Compile(Graph graph, CompileOptions options)
    {
        var model = OnnxWriter.Write(graph, null, ImmutableDictionary<string, Tensor>.Empty, OnnxMetadata.Empty);
        var session = Native.Load(model, options.ResolvedThreads, ValueNames(graph), $"the graph {graph.Name}");
        try
        {
            return new(graph, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Write(string input, Tensor value)
    {
        var port = _inputs.GetValueOrDefault(input) ?? throw PortErrors.NoSuchInput(_graph, input);
        if (port.Type != value.Type) { throw PortErrors.WrongType(_graph, input, port.Type, value.Type); }
        port.State?.Detach();
        value.Bytes.CopyTo(port.Now.Bytes);
    }

    public void Run()
    {
        try
        {
            _session.RunWithBinding(_runOptions, _bindings[_turn]);
        }
        catch (OnnxRuntimeException e)
        {
            throw Native.RunFailed(_graph.Name, e);
        }
        if (_states.Count > 0) { _turn = 1 - _turn; }
        foreach (var state in _states) { state.Swap(); }
        foreach (var (from, to) in _copied) { from.Now.Bytes.CopyTo(to.Now.Bytes); }
    }

    public void Read(string name, Tensor destination)
    {
        var port = _outputs.GetValueOrDefault(name) ?? _inputs.GetValueOrDefault(name)
            ?? throw PortErrors.NoSuchName(_graph, name);
        if (port.Type != destination.Type) { throw PortErrors.WrongType(_graph, name, port.Type, destination.Type); }
        port.Now.Bytes.CopyTo(destination.Bytes);
    }

    public void Dispose()
    {
        foreach (var binding in _bindings) { binding.Dispose(); }
        foreach (var view in _views) { view.Dispose(); }
        _runOptions.Dispose();
        _session.Dispose();
    }

    // An output can change places with one input; where it is carried to several, the others get copies.
    private void Carry(Port output, Port input)
    {
        if (output.State is not null) { _copied.Add((output, input)); return; }
        var state = new CarriedState(input.Own, output.Own);
        (input.State, output.State, output.IsOutput) = (state, state, true);
        _states.Add(state);
    }

    private OrtIoBinding Bind(int turn)
    {
        var binding = _session.CreateIoBinding();
        foreach (var (name, input) in _inputs) { binding.BindInput(name, View(input.State?.InputAt(turn) ?? input.Own)); }
        foreach (var (name, output) in _outputs) { binding.BindOutput(name, View(output.State?.InputAt(1 - turn) ?? output.Own)); }
        return binding;
    }

    private OrtValue View(Tensor tensor)
    {
        _views.Add(Native.View(tensor));
        return _views[^1];
    }

    private static IEnumerable<string> ValueNames(Graph graph) =>
        graph.Values.Where(value => value.Name is not null).Select(value => value.Name!).OrderByDescending(name => name.Length);

    // One end of the session: memory of its own, or one of two buffers in turn.
    private sealed class Port(Tensor own)
    {
        public Tensor Own => own;

        public TensorType Type => own.Type;

        public CarriedState? State { get; set; }

        public bool IsOutput { get; set; }

        public Tensor Now => State is null ? own : IsOutput ? State.Output : State.Input;
    }
}
