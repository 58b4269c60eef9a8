using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Probes.Landscape;

/// <summary>
/// The loss of the model on some rows as a function of all parameters that are trained, in the model's order. Values are means over rows
/// in float64 from float32 logits, as logged values are; derivatives are what the engine computes, in float32. Graphs are compiled when
/// first needed.
/// </summary>
internal sealed class LossSurface : IObjective, IDisposable
{
    private readonly ProbeContext _context;
    private readonly Func<Graph, ISession> _compile;
    private readonly ModelGraph _forward;
    private readonly ImmutableArray<Value> _trained;
    private readonly ImmutableArray<string> _fixed;
    private readonly Value _target;
    private readonly Value _cost;
    private readonly ImmutableArray<Tensor> _parameters;
    private readonly Tensor _input;
    private readonly Tensor _labels;
    private readonly Tensor _logits;
    private ISession? _values;
    private ISession? _slopes;
    private ISession? _curves;

    private LossSurface(ProbeContext context, Model model, Func<Graph, ISession> compile, int batch)
    {
        (_context, _compile) = (context, compile);
        _forward = model.Build(batch);
        _target = Value.Input(RowEncoding.TargetName, model.TargetType(batch));
        _cost = context.Facts.IsReal ? context.Loss.OfReal(_forward.Logits, _target) : context.Loss.OfAnswers(_forward.Logits, _target);
        _fixed = [.. model.Parameters.Where(spec => spec.IsFixed).Select(spec => spec.Name)];
        _trained = [.. _forward.Parameters.Where(parameter => !_fixed.Contains(parameter.Name!))];      // not null: parameters have names
        _parameters = [.. _trained.Select(parameter => new Tensor(parameter.Type))];
        Size = _parameters.Sum(tensor => tensor.Shape.Count);
        _input = new Tensor(_forward.Input.Type);
        _labels = new Tensor(_target.Type);
        _logits = new Tensor(_forward.Logits.Type);
    }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>A surface over batches of so many rows; give it rows before anything else.</summary>
    /// <exception cref="GrokException">Only an ONNX file is at hand.</exception>
    public static LossSurface Of(ProbeContext context, int batch, string probe)
    {
        var (model, compile) = Needs(context, probe);
        return new(context, model, compile, batch);
    }

    /// <summary>What gradients are made with.</summary>
    /// <exception cref="GrokException">Only an ONNX file is at hand.</exception>
    public static (Model Model, Func<Graph, ISession> Compile) Needs(ProbeContext context, string probe) =>
        context is { Model: { } model, Compile: { } compile } ? (model, compile) : throw new GrokException(
            $"The {probe} probe needs gradients, and only an ONNX file is at hand.",
            "Probe a checkpoint of a run: grokpipe probe EXPERIMENT:MARK");

    /// <summary>A surface over some rows.</summary>
    public static LossSurface Of(ProbeContext context, int[] rows, string probe)
    {
        var surface = Of(context, rows.Length, probe);
        surface.Take(rows);
        return surface;
    }

    /// <summary>Goes over to other rows, as many as before.</summary>
    public void Take(ReadOnlySpan<int> rows)
    {
        RowEncoding.Input(_forward.Input.Name!, _context.Rows, _context.Facts, rows, _input);    // inputs always have a name
        RowEncoding.Target(_context.Rows, _context.Facts, rows, _labels);
    }

    /// <summary>A checkpoint's parameters as one vector.</summary>
    public float[] Flatten(IReadOnlyDictionary<string, Tensor> parameters)
    {
        var (flat, at) = (new float[Size], 0);
        foreach (var parameter in _trained)
        {
            parameters[parameter.Name!].AsSpan<float>().CopyTo(flat.AsSpan(at));
            at += parameter.Shape.Count;
        }
        return flat;
    }

    /// <summary>The loss at a point.</summary>
    public double Loss(ReadOnlySpan<float> point) => RowValues(point).Sum() / _labels.Shape[0];

    /// <summary>The loss of each row at a point.</summary>
    public double[] RowValues(ReadOnlySpan<float> point)
    {
        _values ??= _compile(Graph.Of("loss", [.. _forward.Parameters, _forward.Input], [new("logits", _forward.Logits)]));
        Write(_values, point, "");
        _values.Run();
        return Losses(_values);
    }

    /// <inheritdoc/>
    public double Gradient(ReadOnlySpan<float> point, Span<float> gradient)
    {
        _slopes ??= _compile(Graph.Of(
            "gradient", [.. _forward.Parameters, _forward.Input, _target],
            [
                new("logits", _forward.Logits),
                .. _trained.Zip(Gradients.Of(_cost, _trained), (p, g) => new GraphOutput($"{p.Name}.result", g)),
            ]));
        Write(_slopes, point, "");
        _slopes.Run();
        Read(_slopes, gradient);
        return Mean(_slopes);
    }

    /// <inheritdoc/>
    /// <remarks>The gradient of ⟨∇L, v⟩ for a constant v (Pearlmutter 1994): operators give their gradients as graphs, so it is one
    /// too.</remarks>
    public void HessianTimes(ReadOnlySpan<float> point, ReadOnlySpan<float> direction, Span<float> product)
    {
        _curves ??= _compile(Curvature());
        Write(_curves, point, "");
        Write(_curves, direction, ".direction");
        _curves.Run();
        Read(_curves, product);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values?.Dispose();
        _slopes?.Dispose();
        _curves?.Dispose();
    }

    private Graph Curvature()
    {
        var directions = _trained.Select(p => Value.Input($"{p.Name}.direction", p.Type)).ToArray();
        var along = Gradients.Of(_cost, _trained).Zip(directions, (g, v) => (g * v).Sum()).Aggregate((sum, part) => sum + part);
        return Graph.Of(
            "hessian", [.. _forward.Parameters, .. directions, _forward.Input, _target],
            _trained.Zip(Gradients.Of(along, _trained), (p, h) => new GraphOutput($"{p.Name}.result", h)));
    }

    private void Write(ISession session, ReadOnlySpan<float> point, string suffix)
    {
        var at = 0;
        for (var i = 0; i < _parameters.Length; i++)
        {
            point.Slice(at, _parameters[i].Shape.Count).CopyTo(_parameters[i].AsSpan<float>());
            session.Write(_trained[i].Name + suffix, _parameters[i]);
            at += _parameters[i].Shape.Count;
        }
        foreach (var name in _fixed) { session.Write(name, _context.Checkpoint.Parameters[name]); }
        session.Write(_forward.Input.Name!, _input);
        if (session != _values) { session.Write(RowEncoding.TargetName, _labels); }
    }

    private void Read(ISession session, Span<float> destination)
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            session.Read($"{_trained[i].Name}.result", _parameters[i]);
            _parameters[i].AsSpan<float>().CopyTo(destination);
            destination = destination[_parameters[i].Shape.Count..];
        }
    }

    private double Mean(ISession session) => Losses(session).Sum() / _labels.Shape[0];

    private double[] Losses(ISession session)
    {
        session.Read("logits", _logits);
        var (classes, length, losses) = (_logits.Shape[-1], _context.Facts.AnswerLength, new double[_labels.Shape[0]]);
        for (var at = 0; at < losses.Length * length; at++)
        {
            var logits = _logits.AsSpan<float>().Slice(at * classes, classes);
            losses[at / length] += _context.Facts.IsReal
                ? _context.Loss.OfRealRow(logits, _labels.AsSpan<float>().Slice(at * classes, classes))
                : _context.Loss.OfRow(logits, (int)_labels.AsSpan<long>()[at]) / length;
        }
        return losses;
    }
}
