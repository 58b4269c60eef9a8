using System.Diagnostics.CodeAnalysis;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// Products whose only reader puts their elements elsewhere: into another order (heads side by side), or beside others (the gradients of a
/// matrix' parts). They are computed there at once, and the copy is spared.
/// </summary>
internal sealed class ProductCopies
{
    private readonly Dictionary<Node, (Node Node, int[] Strides)> _targets = [];
    private readonly Dictionary<Node, (Node Node, int Offset, int Stride)> _places = [];

    /// <summary>Finds them.</summary>
    /// <param name="nodes">The nodes that are computed.</param>
    /// <param name="outputs">What must also lie where it is computed.</param>
    public ProductCopies(List<Node> nodes, IReadOnlySet<Node> outputs)
    {
        var readers = nodes.SelectMany(node => node.Inputs.Select(view => (view.Node, Reader: node)))
            .ToLookup(pair => pair.Node, pair => pair.Reader);
        foreach (var product in nodes.Where(node => node.Kind == NodeKind.MatMul && node.Shape.Length > 2 && !outputs.Contains(node)))
        {
            if (readers[product].ToArray() is [{ Kind: NodeKind.Copy } copy] && Strides(product, copy) is { } strides)
            {
                _targets[product] = (copy, strides);
            }
        }
        foreach (var concat in nodes.Where(node => node.Kind == NodeKind.Concat && node.Shape.Length == 2))
        {
            var start = 0;
            foreach (var part in concat.Inputs)
            {
                if (IsWeightGradient(part.Node) && part.IsLinear && readers[part.Node].Count() == 1 && !outputs.Contains(part.Node))
                {
                    _places[part.Node] = (concat, concat.Number == 0 ? start * concat.Shape[1] : start, concat.Shape[1]);
                }
                start += part.Shape[(int)concat.Number];
            }
        }
    }

    /// <summary>Where in a concatenation a product belongs: the concatenation, its first element, from one row to the next.</summary>
    public bool TryGetPlace(Node product, out (Node Node, int Offset, int Stride) place) => _places.TryGetValue(product, out place);

    /// <summary>True when a copy need not be made.</summary>
    public bool IsSpared(Node copy) => _targets.Values.Any(target => target.Node == copy);

    /// <summary>The copy that a product computes, and the strides of the product's axes in it.</summary>
    public bool TryGetValue(Node product, [MaybeNullWhen(false)] out (Node Node, int[] Strides) target) =>
        _targets.TryGetValue(product, out target);

    // Its left side is not dense along k: the kernel for that writes rows at any distance.
    private static bool IsWeightGradient(Node node) => node.Kind == NodeKind.MatMul && node.Shape.Length == 2
        && node.Inputs[0].Shape[1] > 1 && node.Inputs[0].Strides[1] != 1;

    // Where each axis of the product ends up, if the copy is nothing but other axes' order.
    private static int[]? Strides(Node product, Node copy)
    {
        var view = copy.Inputs[0];
        if (view.Count != product.Count || view.Offset != 0) { return null; }
        var (from, to) = (Extents.Strides(product.Shape), Extents.Strides(copy.Shape));
        var strides = new int[from.Length];
        for (var axis = 0; axis < strides.Length; axis++)
        {
            if (product.Shape[axis] == 1) { continue; }
            var (stride, extent) = (from[axis], product.Shape[axis]);
            var place = Enumerable.Range(0, to.Length).Where(i => view.Strides[i] == stride && view.Shape[i] == extent).ToArray();
            if (place.Length != 1) { return null; }
            strides[axis] = to[place[0]];
        }
        return strides[^1] == 1 || product.Shape[^1] == 1 ? strides : null;
    }
}
