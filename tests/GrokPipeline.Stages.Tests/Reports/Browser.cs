using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GrokPipeline.Stages.Tests.Reports;

/// <summary>
/// A real Chromium without a window, driven over its DevTools protocol on loopback. It keeps what a page logs, throws and asks for.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _last;

    private Browser(Process process, string profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>Errors and warnings of the console, uncaught exceptions, violations of the page's policy.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Addresses that were asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Where Chromium is, or null.</summary>
    public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts it with a fresh profile and opens an empty page.</summary>
    public static async Task<Browser> StartAsync(string executable, CancellationToken token)
    {
        var profile = Directory.CreateTempSubdirectory("grokpipe-browser-").FullName;
        string[] flags =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
        ];
        var start = new ProcessStartInfo(executable, flags) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        var browser = new Browser(Process.Start(start)!, profile);
        browser._process.BeginErrorReadLine();                // a full pipe would stop it
        browser._process.BeginOutputReadLine();
        var port = await PortAsync(profile, token);
        using var client = new HttpClient();
        var pages = JsonNode.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/json/list"), token))!.AsArray();
        var address = pages.First(page => (string?)page!["type"] == "page")!["webSocketDebuggerUrl"]!.GetValue<string>();
        await browser._socket.ConnectAsync(new Uri(address), token);
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" }) { await browser.CallAsync($"{domain}.enable", null, token); }
        return browser;
    }

    /// <summary>Opens an address and waits until it is loaded.</summary>
    public async Task OpenAsync(string address, CancellationToken token)
    {
        await CallAsync("Page.navigate", new JsonObject { ["url"] = address }, token);
        while (await EvaluateAsync("document.readyState", token) != "complete") { await Task.Delay(50, token); }
    }

    /// <summary>The value of an expression in the page, as text.</summary>
    public async Task<string> EvaluateAsync(string expression, CancellationToken token)
    {
        var answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = $"String({expression})", ["returnByValue"] = true }, token);
        return answer["result"]!["value"]?.GetValue<string>() ?? "";
    }

    /// <summary>Moves the pointer.</summary>
    public Task MoveAsync(double x, double y, CancellationToken token) =>
        CallAsync("Input.dispatchMouseEvent", new JsonObject { ["type"] = "mouseMoved", ["x"] = x, ["y"] = y }, token);

    /// <summary>Calls a method of the protocol and gives its result; events on the way are kept.</summary>
    public async Task<JsonNode> CallAsync(string method, JsonObject? parameters, CancellationToken token)
    {
        var id = ++_last;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, token);
        while (true)
        {
            var answer = await ReceiveAsync(token);
            if ((int?)answer["id"] == id)
            {
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer.ToJsonString()}");
            }
            Keep(answer);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try { Directory.Delete(_profile, recursive: true); }
        catch (IOException) { }                               // a last writer may still be going; the folder is a temporary one
    }

    private void Keep(JsonNode message)
    {
        var parameters = message["params"];
        switch ((string?)message["method"])
        {
            case "Log.entryAdded": Complaints.Add(parameters!["entry"]!["text"]!.GetValue<string>()); break;
            case "Runtime.exceptionThrown": Complaints.Add(parameters!["exceptionDetails"]!.ToJsonString()); break;
            case "Runtime.consoleAPICalled": Complaints.Add(parameters!["args"]!.ToJsonString()); break;
            case "Network.requestWillBeSent": Requests.Add(parameters!["request"]!["url"]!.GetValue<string>()); break;
            default: break;
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken token)
    {
        using var text = new MemoryStream();
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(_buffer, token);
            text.Write(_buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(text.ToArray())!;
    }

    // Chromium writes the port that it chose into its profile.
    private static async Task<string> PortAsync(string profile, CancellationToken token)
    {
        var file = Path.Combine(profile, "DevToolsActivePort");
        while (!File.Exists(file) || new FileInfo(file).Length == 0) { await Task.Delay(50, token); }
        return (await File.ReadAllLinesAsync(file, token))[0];
    }
}
