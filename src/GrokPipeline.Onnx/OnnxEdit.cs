using System.Globalization;
using Google.Protobuf;
using GrokPipeline.Onnx.Proto;
using GrokPipeline.Onnx.Reading;

namespace GrokPipeline.Onnx;

/// <summary>Changes to a finished file that leave its computation alone.</summary>
public static class OnnxEdit
{
    private const uint MetadataField = 14;

    /// <summary>The file with properties added or replaced. Every other byte of it stays, the graph's above all.</summary>
    /// <param name="file">A file as <see cref="OnnxWriter"/> writes it.</param>
    /// <param name="properties">Keys and texts; a key that is there already gets the new text.</param>
    /// <exception cref="GrokException">The bytes are no ONNX model.</exception>
    public static byte[] WithMetadata(ReadOnlySpan<byte> file, IEnumerable<KeyValuePair<string, string>> properties)
    {
        var metadata = SignatureForms.Metadata(ModelFile.Parse(file)).With(properties);
        using var edited = new MemoryStream(file.Length + 1024);
        foreach (var field in TopFields(file))
        {
            if (field.Number != MetadataField) { edited.Write(file[field.Bytes]); }
        }
        var tail = new ModelProto();
        tail.MetadataProps.AddRange(metadata.Properties.OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => new StringStringEntryProto { Key = p.Key, Value = p.Value }));
        tail.WriteTo(edited);
        return edited.ToArray();
    }

    /// <summary>The file with intermediates as further outputs, so that a runtime shows them. The nodes stay as they are.</summary>
    /// <param name="file">Any file; parts of it that are not known here are kept.</param>
    /// <param name="names">Names among the file's intermediates; those that are outputs already are passed over.</param>
    /// <exception cref="GrokException">There is no intermediate of a name; the message says which there are.</exception>
    public static byte[] WithOutputs(ReadOnlySpan<byte> file, IEnumerable<string> names)
    {
        ModelFile.Parse(file);                                      // refuses what may not be opened; forgets what it does not know
        var model = ModelProto.Parser.ParseFrom(file);
        foreach (var name in names)
        {
            if (model.Graph.Output.Any(output => output.Name == name)) { continue; }
            var info = model.Graph.ValueInfo.FirstOrDefault(value => value.Name == name) ?? throw Unknown(name, SignatureForms.Of(model));
            model.Graph.ValueInfo.Remove(info);
            model.Graph.Output.Add(info);
        }
        return model.ToByteArray();
    }

    /// <summary>The bytes of the graph inside a file: equal bytes are equal computations.</summary>
    public static ReadOnlySpan<byte> GraphBytes(ReadOnlySpan<byte> file)
    {
        foreach (var field in TopFields(file))
        {
            if (field.Number == ModelProto.GraphFieldNumber) { return file[field.Bytes]; }
        }
        throw ModelFile.Broken("The file has no graph.", "file");
    }

    // The fields of the outermost message, without looking into them: where each begins and ends, tag included.
    private static List<(uint Number, Range Bytes)> TopFields(ReadOnlySpan<byte> file)
    {
        var fields = new List<(uint, Range)>();
        try
        {
            var input = new CodedInputStream(file.ToArray());
            for (var start = 0L; input.ReadTag() is var tag and not 0; start = input.Position)
            {
                input.SkipLastField();
                fields.Add((tag >> 3, (int)start..(int)input.Position));
            }
        }
        catch (InvalidProtocolBufferException e)
        {
            throw ModelFile.Broken("The file is no whole ONNX model.", "file", e);
        }
        return fields;
    }

    private static GrokException Unknown(string name, OnnxSignature signature)
    {
        var known = signature.Intermediates.Concat(signature.Outputs).Select(port => port.Name).ToArray();
        var count = known.Length.ToString(CultureInfo.InvariantCulture);
        return new($"The model has no value '{name}'.", $"Use one of its {count}: {string.Join(", ", known.Take(40))}.", name);
    }
}
