// Runs an exported model on one row:   dotnet run --project samples/console -c Release -- models/modular_addition/onnx/step-00004000.onnx 5 95
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

if (args is not [var path, .. var numbers] || numbers.Length == 0)
{
    Console.Error.WriteLine("usage: console MODEL.onnx NUMBER...");
    return 2;
}
using var session = new InferenceSession(path);
var (name, metadata) = session.InputMetadata.Single();              // operands or tokens: whole numbers; features: real ones
int[] shape = [1, numbers.Length];
if (metadata.Dimensions[1] != numbers.Length)
{
    Console.Error.WriteLine($"The input '{name}' takes {metadata.Dimensions[1]} numbers; {numbers.Length} were given.");
    return 1;
}
var input = metadata.ElementDataType == TensorElementType.Int64
    ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(Array.ConvertAll(numbers, long.Parse), shape))
    : NamedOnnxValue.CreateFromTensor(
        name, new DenseTensor<float>(Array.ConvertAll(numbers, text => float.Parse(text, CultureInfo.InvariantCulture)), shape));
using var results = session.Run([input], ["logits"]);
var logits = results[0].AsEnumerable<float>().ToArray();
var answer = Array.IndexOf(logits, logits.Max());
var probability = 1 / logits.Sum(logit => Math.Exp(logit - logits[answer]));
Console.WriteLine($"{string.Join(", ", numbers)} -> {answer} (probability {probability.ToString("F3", CultureInfo.InvariantCulture)})");
return 0;
