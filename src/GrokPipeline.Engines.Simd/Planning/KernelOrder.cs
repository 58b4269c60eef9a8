using GrokPipeline.Engines.Simd.Kernels;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>Which kernel must come before which, and one order that respects it.</summary>
internal sealed class KernelOrder
{
    private readonly List<Kernel> _kernels;
    private readonly Dictionary<Kernel, HashSet<Kernel>> _before = [];
    private readonly Dictionary<Slot, List<Kernel>> _readers = [];

    /// <summary>Orders kernels by the slots that they write and read.</summary>
    public KernelOrder(List<Kernel> kernels)
    {
        _kernels = kernels;
        var writers = new Dictionary<Slot, List<Kernel>>();
        foreach (var kernel in kernels)
        {
            foreach (var slot in kernel.Writes) { Add(writers, slot, kernel); }
            foreach (var slot in kernel.Reads) { Add(_readers, slot, kernel); }
        }
        foreach (var kernel in kernels)
        {
            _before[kernel] = [.. kernel.Reads.Where(writers.ContainsKey).SelectMany(slot => writers[slot])];
            _before[kernel].Remove(kernel);
        }
    }

    /// <summary>
    /// Puts a kernel behind all others that read a slot, so that it may overwrite it. False when one of those needs what the kernel
    /// computes.
    /// </summary>
    public bool PutLast(Kernel kernel, Slot slot)
    {
        var others = _readers.TryGetValue(slot, out var readers) ? readers.Where(reader => reader != kernel).ToList() : [];
        if (others.Any(reader => Needs(reader, kernel))) { return false; }
        _before[kernel].UnionWith(others);
        return true;
    }

    /// <summary>The kernels, each after what must come before it; otherwise as they were.</summary>
    public List<Kernel> Sorted()
    {
        var (sorted, done, begun) = (new List<Kernel>(), new HashSet<Kernel>(), new HashSet<Kernel>());
        foreach (var root in _kernels)
        {
            var pending = new Stack<(Kernel Kernel, bool Ready)>();
            pending.Push((root, false));
            while (pending.TryPop(out var top))
            {
                if (done.Contains(top.Kernel)) { continue; }
                if (top.Ready)
                {
                    done.Add(top.Kernel);
                    sorted.Add(top.Kernel);
                    continue;
                }
                if (!begun.Add(top.Kernel)) { throw new InvalidOperationException($"The kernel '{top.Kernel}' waits for itself."); }
                pending.Push((top.Kernel, true));
                foreach (var before in _before[top.Kernel].Where(kernel => !done.Contains(kernel))) { pending.Push((before, false)); }
            }
        }
        return sorted;
    }

    private bool Needs(Kernel kernel, Kernel what)
    {
        var seen = new HashSet<Kernel>();
        var pending = new Stack<Kernel>([kernel]);
        while (pending.TryPop(out var top))
        {
            if (top == what) { return true; }
            foreach (var before in _before[top])
            {
                if (seen.Add(before)) { pending.Push(before); }
            }
        }
        return false;
    }

    private static void Add(Dictionary<Slot, List<Kernel>> lists, Slot slot, Kernel kernel)
    {
        if (!lists.TryGetValue(slot, out var list)) { lists[slot] = list = []; }
        if (!list.Contains(kernel)) { list.Add(kernel); }
    }
}
