using GrokPipeline.Engines.Simd.Kernels;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// Gives every slot its place in one block of memory. A slot that no later kernel reads makes room for the next; kept ones never do.
/// </summary>
internal static class Arena
{
    // Loads may run past the end of a row by a vector.
    private const long Margin = 64;

    /// <summary>Sets the slots' addresses as offsets and gives the size of the block.</summary>
    public static long Lay(List<Kernel> kernels, IReadOnlyList<Slot> others)
    {
        long size = 0;
        var placed = new HashSet<Slot>();
        var lastUse = new Dictionary<Slot, int>();
        var slots = new List<List<Slot>>();
        for (var i = 0; i < kernels.Count; i++)
        {
            slots.Add([.. kernels[i].Writes.Concat(kernels[i].Reads).Select(Home).Distinct()]);
            foreach (var slot in slots[i]) { lastUse[slot] = i; }
        }
        foreach (var slot in others.Concat(slots.SelectMany(list => list)).Select(Home).Where(slot => slot.IsKept))
        {
            if (!placed.Add(slot)) { continue; }
            slot.Address = (nint)size;
            size += Room(slot);
        }
        var free = new SortedDictionary<long, long>();                                // start -> length
        for (var i = 0; i < kernels.Count; i++)
        {
            foreach (var slot in slots[i])
            {
                if (placed.Add(slot)) { size = Place(slot, free, size); }
            }
            foreach (var slot in slots[i])
            {
                if (!slot.IsKept && lastUse[slot] == i) { Release(slot, free); }
            }
        }
        foreach (var slot in others.Concat(kernels.SelectMany(kernel => kernel.Writes))) { slot.Address = Home(slot).Address; }
        return size;
    }

    private static Slot Home(Slot slot) => slot.Same ?? slot;

    private static long Room(Slot slot) => (slot.Bytes + Margin + 63) / 64 * 64;

    private static long Place(Slot slot, SortedDictionary<long, long> free, long size)
    {
        var room = Room(slot);
        var best = free.Where(gap => gap.Value >= room).OrderBy(gap => gap.Value).Select(gap => (long?)gap.Key).FirstOrDefault();
        if (best is { } start)
        {
            slot.Address = (nint)start;
            var length = free[start];
            free.Remove(start);
            if (length > room) { free[start + room] = length - room; }
            return size;
        }
        slot.Address = (nint)size;
        return size + room;
    }

    private static void Release(Slot slot, SortedDictionary<long, long> free)
    {
        var (start, length) = ((long)slot.Address, Room(slot));
        foreach (var gap in free.Where(gap => gap.Key + gap.Value == start || gap.Key == start + length).ToArray())
        {
            free.Remove(gap.Key);
            start = Math.Min(start, gap.Key);
            length += gap.Value;
        }
        free[start] = length;
    }
}
