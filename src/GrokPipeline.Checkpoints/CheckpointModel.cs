using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Data;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Runs;

namespace GrokPipeline.Checkpoints;

/// <summary>
/// The exported model of a checkpoint, run by ONNX Runtime on rows in the caller's memory. A row is what the dataset has: operands
/// (<c>a, b</c>; the tokens ∘ and = of a transformer are put in) or features. After the first call of a size, calls allocate nothing.
/// One call at a time: give each thread its own, or take a lock.
/// </summary>
public sealed class CheckpointModel : IDisposable
{
    private readonly OnnxRowSession _session;
    private readonly CheckpointModelOptions _options;
    private readonly string _logits;
    private readonly TokenRows? _tokens;

    private CheckpointModel(OnnxRowSession session, byte[] file, string path, CheckpointModelOptions options)
    {
        (_session, _options, Path, File) = (session, options, path, file);
        var properties = session.Signature.Metadata.Properties;
        Step = long.TryParse(properties.GetValueOrDefault("grokpipe.step"), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : null;
        Facts = ModelFacts.Of(session.Signature);
        _logits = (session.Signature.Output("logits") ?? session.Signature.Outputs[0]).Name;
        KnownActivations = [.. session.Signature.Intermediates.Concat(session.Signature.Outputs).Select(value => value.Name)
            .Where(name => name != _logits).Order(StringComparer.Ordinal)];
        Classes = session.WidthOf(_logits);
        _tokens = Facts is not null && session.Input.Name is RowEncoding.Tokens or RowEncoding.FramedTokens or RowEncoding.OperandsEquals
            ? new TokenRows(session.Input.Name, Facts, options.LargestBatch) : null;
        RowWidth = _tokens?.Width ?? session.RowWidth;
    }

    /// <summary>The exported file.</summary>
    public string Path { get; }

    /// <summary>After which step it was stored; null when the file does not say.</summary>
    public long? Step { get; }

    /// <summary>What the dataset's columns are and how many values they take; null when the file does not say.</summary>
    public DatasetFacts? Facts { get; }

    /// <summary>The name of the file's input: <c>operands</c>, <c>tokens</c> (or another form of them) or <c>features</c>.</summary>
    public string InputName => _session.Input.Name;

    /// <summary>Numbers in a row: operands or features.</summary>
    public int RowWidth { get; }

    /// <summary>Logits for a row, one for each class.</summary>
    public int Classes { get; }

    /// <summary>True when rows are whole numbers, false when they are features.</summary>
    public bool TakesWholeNumbers => _session.Input.Element == ElementType.Int64;

    /// <summary>Names that may stand in <see cref="CheckpointModelOptions.Activations"/>.</summary>
    public ImmutableArray<string> KnownActivations { get; }

    /// <summary>The file's bytes, as they were exported.</summary>
    internal ReadOnlyMemory<byte> File { get; }

    /// <summary>Opens the exported model of a checkpoint; hashes are checked first.</summary>
    /// <param name="run">The experiment.</param>
    /// <param name="mark">A mark (<c>before_grok</c>) or <c>step:N</c>.</param>
    /// <param name="options">Threads, batches, activations.</param>
    /// <exception cref="GrokException">
    /// The mark never happened, the checkpoint was not exported, a file changed, or there is no activation of a name; then the message says
    /// which there are.
    /// </exception>
    public static CheckpointModel Open(RunDirectory run, string mark, CheckpointModelOptions? options = null) =>
        Open(run.OnnxPath(mark), options);

    /// <summary>Opens an ONNX file that stands alone. Nothing but its own form is checked.</summary>
    /// <param name="path">The file: one input of rows, logits as output.</param>
    /// <param name="options">Threads, batches, activations.</param>
    /// <exception cref="GrokException">It is missing or damaged, takes something else than rows, or lacks an activation.</exception>
    public static CheckpointModel Open(string path, CheckpointModelOptions? options = null)
    {
        options ??= new();
        if (!System.IO.File.Exists(path)) { throw new GrokException("there is no such file.", "Name an ONNX file.", path); }
        var file = System.IO.File.ReadAllBytes(path);
        var shown = options.Activations.IsEmpty ? file : OnnxEdit.WithOutputs(file, options.Activations);
        var session = OnnxRowSession.Open(shown, path, new CompileOptions { Threads = options.Threads }, options.LargestBatch);
        try
        {
            return new(session, file, path, options);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Scores rows of operands.</summary>
    /// <param name="rows">Row-major, shape [rows, <see cref="RowWidth"/>]; each from 0 to the dataset's modulus − 1.</param>
    /// <param name="logits">Receives the scores before the softmax, shape [rows, <see cref="Classes"/>].</param>
    /// <exception cref="GrokException">The model takes features, rows are not whole, an operand is out of range, or there is too little or too
    /// much room.</exception>
    public void Score(ReadOnlySpan<long> rows, Span<float> logits) => Run(rows, _logits, logits);

    /// <summary>Scores rows of features.</summary>
    /// <param name="rows">Row-major, shape [rows, <see cref="RowWidth"/>].</param>
    /// <param name="logits">Receives the scores before the softmax, shape [rows, <see cref="Classes"/>].</param>
    /// <exception cref="GrokException">The model takes operands, rows are not whole, or there is too little or too much room.</exception>
    public void Score(ReadOnlySpan<float> rows, Span<float> logits) => _session.Run(rows, _logits, logits);

    /// <summary>Numbers of an activation for one row.</summary>
    /// <exception cref="GrokException">It was not asked for when the model was opened.</exception>
    public int ActivationWidth(string name) => _session.WidthOf(Asked(name));

    /// <summary>Runs rows of operands and reads an activation.</summary>
    /// <param name="name">One of those that the model was opened with.</param>
    /// <param name="rows">Row-major, shape [rows, <see cref="RowWidth"/>].</param>
    /// <param name="values">Receives the activation, shape [rows, <see cref="ActivationWidth"/>].</param>
    /// <exception cref="GrokException">As in <see cref="Score(ReadOnlySpan{long}, Span{float})"/>, or it was not asked for.</exception>
    public void ReadActivation(string name, ReadOnlySpan<long> rows, Span<float> values) => Run(rows, Asked(name), values);

    /// <summary>Runs rows of features and reads an activation; otherwise as the other.</summary>
    /// <inheritdoc cref="ReadActivation(string, ReadOnlySpan{long}, Span{float})"/>
    public void ReadActivation(string name, ReadOnlySpan<float> rows, Span<float> values) => _session.Run(rows, Asked(name), values);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private void Run(ReadOnlySpan<long> rows, string output, Span<float> destination)
    {
        if (Facts is { Kind: InputKind.Operands } facts) { CheckOperands(rows, facts.OperandValues); }
        if (_tokens is null)
        {
            _session.Run(rows, output, destination);
            return;
        }
        var width = _session.WidthOf(output);
        var count = _tokens.RowsIn(rows, destination.Length, width, Path);
        for (var start = 0; start < count; start += _tokens.Rows)
        {
            var some = Math.Min(_tokens.Rows, count - start);
            var tokens = _tokens.Of(rows.Slice(start * RowWidth, some * RowWidth));
            _session.Run(tokens, output, destination.Slice(start * width, some * width));
        }
    }

    private void CheckOperands(ReadOnlySpan<long> rows, int values)
    {
        var at = rows.IndexOfAnyExceptInRange(0, values - 1);
        if (at < 0) { return; }
        throw new GrokException(
            $"An operand is {rows[at].ToString(CultureInfo.InvariantCulture)} (row {at / RowWidth}).",
            $"Give whole numbers from 0 to {values - 1}.", Path);
    }

    private string Asked(string name) => _options.Activations.Contains(name) ? name : throw new GrokException(
        $"The model was not opened for the activation '{name}'.{Spelling.Suggestion(name, KnownActivations)}",
        $"Name it in CheckpointModelOptions.Activations. It has: {string.Join(", ", KnownActivations)}.", Path);
}
