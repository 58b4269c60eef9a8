using System.Runtime.InteropServices;

namespace GrokPipeline.Cli.Commands;

/// <summary>The first signal asks to stop; a second SIGINT ends the process at once.</summary>
internal sealed class Signals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private int _seen;

    public Signals(CancellationTokenSource stop, Terminal terminal) => _registrations =
    [
        .. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            .Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            var first = Interlocked.Increment(ref _seen) == 1;
            context.Cancel = first || signal != PosixSignal.SIGINT;
            if (!first) { return; }
            terminal.Error.WriteLine("stopping at the next safe point; press Ctrl+C again to stop at once");
            stop.Cancel();
        })),
    ];

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());
}
