using System.Collections;

namespace GrokPipeline.Probes.Structure;

/// <summary>The multiplication table of a finite group, as the rows of a dataset give it, with its subgroups.</summary>
internal sealed class GroupTable
{
    private readonly int[] _product;                          // [n, n]

    private GroupTable(int[] product, int order, int identity) => (_product, Order, Identity) = (product, order, identity);

    /// <summary>How many elements.</summary>
    public int Order { get; }

    /// <summary>The neutral element.</summary>
    public int Identity { get; }

    /// <summary>The group of a context's dataset.</summary>
    /// <param name="context">What is probed: two operands, and a row for every pair.</param>
    /// <param name="probe">The probe's kind, for messages.</param>
    /// <exception cref="GrokException">The rows are no table of a group.</exception>
    public static GroupTable Of(ProbeContext context, string probe)
    {
        var (facts, n) = (context.Facts, context.Facts.OperandValues);
        if (facts.Operands.Length != 2 || n < 2 || facts.Classes != n)
        {
            throw new GrokException(
                $"The probe '{probe}' needs two operands and a result that are elements of one group.", "Use it with a table of a group.");
        }
        var product = new int[n * n];
        Array.Fill(product, -1);
        var (a, b) = (context.Rows.Int64(facts.Operands[0]).ToArray(), context.Rows.Int64(facts.Operands[1]).ToArray());
        var c = context.Rows.Int64(facts.Target).ToArray();
        for (var row = 0; row < a.Length; row++) { product[(a[row] * n) + b[row]] = (int)c[row]; }
        var missing = product.Count(value => value < 0);
        if (missing > 0)
        {
            throw new GrokException(
                $"The probe '{probe}' needs a row for every pair; {missing} of {n * n} are in no split.",
                "Hold no pair out of the splits.");
        }
        var identity = Enumerable.Range(0, n).FirstOrDefault(
            e => Enumerable.Range(0, n).All(x => product[(e * n) + x] == x && product[(x * n) + e] == x), -1);
        var table = new GroupTable(product, n, identity);
        if (identity < 0 || !table.IsGroup())
        {
            throw new GrokException(
                $"The probe '{probe}' needs the table of a group; '{facts.Operation}' is none.",
                "Use it with a product of permutations, or a + b.");
        }
        return table;
    }

    /// <summary>a · b.</summary>
    public int Product(int a, int b) => _product[(a * Order) + b];

    /// <summary>The subgroups that one or two elements generate, without the two trivial ones, each once.</summary>
    public IEnumerable<int[]> Subgroups()
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var a = 0; a < Order; a++)
        {
            for (var b = a; b < Order; b++)
            {
                var members = Generated(a, b);
                if (members.Length > 1 && members.Length < Order && known.Add(string.Join(' ', members))) { yield return members; }
            }
        }
    }

    /// <summary>For each element the number of its coset: x·H, or H·x.</summary>
    public int[] Cosets(int[] subgroup, bool left)
    {
        var coset = new int[Order];
        Array.Fill(coset, -1);
        var count = 0;
        for (var x = 0; x < Order; x++)
        {
            if (coset[x] >= 0) { continue; }
            foreach (var h in subgroup) { coset[left ? Product(x, h) : Product(h, x)] = count; }
            count++;
        }
        return coset;
    }

    // Every row and column is a permutation, and brackets do not matter (Light's test on all elements).
    private bool IsGroup()
    {
        for (var a = 0; a < Order; a++)
        {
            var (row, column) = (new BitArray(Order), new BitArray(Order));
            for (var b = 0; b < Order; b++) { row[Product(a, b)] = column[Product(b, a)] = true; }
            if (!row.HasAllSet() || !column.HasAllSet()) { return false; }
        }
        for (var a = 0; a < Order; a++)
        {
            for (var b = 0; b < Order; b++)
            {
                for (var c = 0; c < Order; c++)
                {
                    if (Product(Product(a, b), c) != Product(a, Product(b, c))) { return false; }
                }
            }
        }
        return true;
    }

    private int[] Generated(int a, int b)
    {
        var (members, inside) = (new List<int> { Identity }, new BitArray(Order));
        inside[Identity] = true;
        for (var i = 0; i < members.Count; i++)
        {
            foreach (var generator in (ReadOnlySpan<int>)[a, b])
            {
                var next = Product(members[i], generator);
                if (inside[next]) { continue; }
                inside[next] = true;
                members.Add(next);
            }
        }
        members.Sort();
        return [.. members];
    }
}
