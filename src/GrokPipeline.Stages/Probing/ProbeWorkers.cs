using System.Runtime.ExceptionServices;

namespace GrokPipeline.Stages.Probing;

/// <summary>
/// Checkpoints shared out among threads: to each a run of neighbours, because some probes compare a checkpoint with the one before.
/// </summary>
internal static class ProbeWorkers
{
    /// <summary>Runs work on all of some checkpoints. What it gives does not depend on the number of threads, if the work does not.</summary>
    /// <param name="count">How many checkpoints.</param>
    /// <param name="threads">Threads; 0 for one per processor.</param>
    /// <param name="begin">Makes what one thread works with: takes the index of a checkpoint, from 0.</param>
    /// <remarks>When work fails, the others end after their present checkpoint, and the error of the first share is thrown.</remarks>
    public static void Run(int count, int threads, Func<Action<int>> begin)
    {
        var shares = Math.Max(1, Math.Min(count, threads == 0 ? Environment.ProcessorCount : threads));
        var errors = new Exception?[shares];
        var others = Enumerable.Range(1, shares - 1).Select(share => new Thread(() => Take(share)) { IsBackground = true }).ToArray();
        foreach (var thread in others) { thread.Start(); }
        Take(0);
        foreach (var thread in others) { thread.Join(); }
        if (errors.FirstOrDefault(error => error is not null) is { } first) { ExceptionDispatchInfo.Throw(first); }

        void Take(int share)
        {
            var (from, to) = ((int)((long)count * share / shares), (int)((long)count * (share + 1) / shares));
            try
            {
                var work = begin();
                for (var i = from; i < to && Array.TrueForAll(errors, error => error is null); i++) { work(i); }
            }
#pragma warning disable CA1031 // Carried to the caller, whichever it is.
            catch (Exception error) { errors[share] = error; }
#pragma warning restore CA1031
        }
    }
}
