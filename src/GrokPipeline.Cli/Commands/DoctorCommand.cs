using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using GrokPipeline.Cli.Composition;
using GrokPipeline.Stages;

namespace GrokPipeline.Cli.Commands;

/// <summary><c>grokpipe doctor</c>.</summary>
internal sealed class DoctorCommand : Verb
{
    /// <inheritdoc/>
    public override string Name => "doctor";

    /// <inheritdoc/>
    public override Command Build(CommandLine line)
    {
        var command = new Command(Name, "Check this machine: engines, packages, disk, locks.");
        command.SetAction(parsed => line.Guard(Name, parsed, Execute));
        return command;
    }

    private ExitCode Execute(Invocation invocation)
    {
        var findings = Findings().ToArray();
        var document = new JsonObject
        {
            ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
            {
                ["what"] = finding.What, ["state"] = finding.State, ["text"] = finding.Text,
            })]),
        };
        var code = findings.Any(finding => finding.State == "broken") ? ExitCode.Resources : ExitCode.Done;
        return invocation.Answer(Name, document, output =>
        {
            foreach (var (what, state, text) in findings) { output.WriteLine($"{what,-28}  {state,-7}  {text}"); }
        }, code);
    }

    private static IEnumerable<(string What, string State, string Text)> Findings()
    {
        yield return ("grokpipe", "ok", Tools.Build);
        yield return (".NET", "ok", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        yield return ("processors", "ok", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        foreach (var name in BuiltEngines.Names) { yield return Tried($"engine {name}", () => Engine(name)); }
        foreach (var (name, why) in BuiltEngines.Absent) { yield return ($"engine {name}", "absent", why); }
        yield return Tried($"store {Tools.Store.Name}", () => Tools.Store.Version);
        foreach (var data in typeof(DoctorCommand).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .OrderBy(data => data.Key, StringComparer.Ordinal))
        {
            if (!data.Key.StartsWith("Feed:", StringComparison.Ordinal)) { continue; }
            var there = data.Value?.StartsWith("present", StringComparison.Ordinal) is true;
            yield return ($"package {data.Key[5..]}", there ? "ok" : "absent", data.Value ?? "");
        }
        yield return Tried("free disk", () =>
            $"{new DriveInfo(Environment.CurrentDirectory).AvailableFreeSpace >> 20:N0} MB at this folder");
        yield return Tried("writing to the disk (fsync)", () => MachineChecks.Writing(Environment.CurrentDirectory));
        yield return Tried("locks", () => MachineChecks.Locks(Environment.CurrentDirectory));
    }

    private static string Engine(string name)
    {
        var facts = BuiltEngines.Of(name).Facts;
        return $"{facts.Version}, {facts.Device}, {Messages.Snake(facts.Promise.ToString()).Replace('_', ' ')}";
    }

    private static (string, string, string) Tried(string what, Func<string> look)
    {
        try { return (what, "ok", look()); }
        catch (Exception error) when (
            error is GrokException or IOException or UnauthorizedAccessException or DllNotFoundException or TypeInitializationException)
        {
            return (what, "broken", error.Message);
        }
    }
}
