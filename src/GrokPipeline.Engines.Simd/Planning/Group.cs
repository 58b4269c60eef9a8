namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// Nodes that run as one kernel: a single node of its own kind, or steps of one generated loop over <see cref="Count"/> elements. When
/// rows are reduced in it, each row has <see cref="Columns"/> elements, and nodes are numbers per element or per row.
/// </summary>
internal sealed class Group
{
    private const int MostNodes = 48;
    private const int MostViews = 40;
    private const int WidestRow = 16 * 1024;

    private readonly Dictionary<Node, Level> _levels = [];
    private readonly SortedSet<int> _boundaries = [];

    private Group(List<Node> nodes) => Nodes = nodes;

    /// <summary>What a node of a loop is computed for.</summary>
    public enum Level
    {
        /// <summary>Each element.</summary>
        Element,

        /// <summary>Each row.</summary>
        Row,

        /// <summary>Once, complete when all rows are done.</summary>
        Total,
    }

    /// <summary>The nodes, in the order of computation.</summary>
    public List<Node> Nodes { get; }

    /// <summary>Elements that the loop runs over.</summary>
    public int Count { get; private set; }

    /// <summary>Elements of a row; 0 when no row is reduced.</summary>
    public int Columns { get; private set; }

    /// <summary>True for a generated loop.</summary>
    public bool IsLoop => Nodes[0].IsLoop;

    /// <summary>What each node is computed for.</summary>
    public IReadOnlyDictionary<Node, Level> Levels => _levels;

    /// <summary>The nodes as a group, or null when one loop cannot compute them.</summary>
    public static Group? Of(IEnumerable<Node> nodes)
    {
        var group = new Group([.. nodes.OrderBy(node => node.Id)]);
        if (!group.IsLoop) { return group; }
        return group.Nodes.Count <= MostNodes && group.Fits() ? group : null;
    }

    /// <summary>
    /// Extents of the loop's axes: as few as let each input be walked with one stride per axis. The last one is a row when rows are
    /// reduced.
    /// </summary>
    public int[] Axes()
    {
        var axes = new List<int>();
        var below = 1;
        foreach (var boundary in _boundaries.Append(Count))
        {
            if (boundary == below) { continue; }
            axes.Insert(0, boundary / below);
            below = boundary;
        }
        if (axes.Count == 0) { axes.Add(1); }
        if (Columns > 0 && axes.Count == 1) { axes.Insert(0, 1); }
        return [.. axes];
    }

    private bool Fits()
    {
        foreach (var node in Nodes) { Count = Math.Max(Count, Domain(node)); }
        foreach (var node in Nodes.Where(node => node.IsRowReduction))
        {
            var columns = node.Inputs[0].Count / node.Count;
            if (node.Inputs[0].Count != Count || (Columns != 0 && Columns != columns)) { return false; }
            if (columns > WidestRow && Nodes.Count > 1) { return false; }
            Columns = columns;
        }
        if (Columns > 0) { _boundaries.Add(Columns); }
        var views = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in Nodes)
        {
            if (Place(node) is not { } level) { return false; }
            _levels[node] = level;
            foreach (var view in node.Inputs)
            {
                if (!Reads(node, view)) { return false; }
                views.Add(view.Sequence);
            }
        }
        return views.Count <= MostViews && IsChain();
    }

    private static int Domain(Node node) => node.IsPointwise ? node.Count : node.Inputs[0].Count;

    private Level? Place(Node node)
    {
        var domain = Domain(node);
        if (node.IsRowReduction) { return Level.Row; }
        if (node.Kind == NodeKind.SumColumns)
        {
            _boundaries.Add(node.Count);
            return domain == Count ? Level.Total : null;
        }
        if (node.Kind == NodeKind.SumAll) { return domain == Count || IsRows(domain) ? Level.Total : null; }
        return domain == Count ? Level.Element : IsRows(domain) ? Level.Row : null;
    }

    private bool IsRows(int count) => Columns > 0 && (long)count * Columns == Count;

    // Whether the node's way of reading an input can be had in the loop.
    private bool Reads(Node node, View view)
    {
        if (view.IsFill) { return true; }
        var perElement = Domain(node) == Count;
        if (_levels.TryGetValue(view.Node, out var level))
        {
            return level switch
            {
                Level.Element => perElement && view.IsLinear,
                Level.Row => perElement ? view.IsRowOf(Columns) : view.IsLinear,
                _ => false,
            };
        }
        if (Nodes.Contains(view.Node)) { return false; }
        var size = perElement ? 1 : Columns;
        foreach (var boundary in Boundaries(view)) { _boundaries.Add(boundary * size); }
        return true;
    }

    // Element counts below which the view's strides change.
    private static IEnumerable<int> Boundaries(View view)
    {
        var below = 1;
        foreach (var (extent, _) in view.Joined().Skip(1).Reverse()) { yield return below *= extent; }
    }

    // Each boundary divides the next, and none cuts a row that is reduced.
    private bool IsChain()
    {
        var before = 1;
        foreach (var boundary in _boundaries.Append(Count))
        {
            if (boundary % before != 0 || (Columns > 0 && boundary < Columns)) { return false; }
            before = boundary;
        }
        return true;
    }
}
