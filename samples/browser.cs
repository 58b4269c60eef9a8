#!/usr/bin/env dotnet
#:sdk Microsoft.NET.Sdk.Web
#:project ../src/GrokPipeline.Checkpoints
// A page that runs every exported checkpoint in the browser:   dotnet run samples/browser.cs -- models/modular_addition
// Makes a folder of plain files (page, models, weights, ONNX Runtime for WebAssembly) and serves it to this machine alone.
// Any static web server can serve the folder; the page asks nothing of other addresses.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using GrokPipeline;
using GrokPipeline.Checkpoints;
using GrokPipeline.Runs;
using Microsoft.Extensions.FileProviders;

if (args is not [var folder, ..])
{
    Console.Error.WriteLine("usage: dotnet run samples/browser.cs -- EXPERIMENT [--out FOLDER] [--runtime ONNXRUNTIME-WEB/dist] [--urls ADDRESS]");
    return 2;
}
try
{
    var builder = WebApplication.CreateSlimBuilder(args[1..]);
    builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    var scripts = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? "samples";              // where this file lies
    var sources = Path.Combine(scripts, "browser");
    var site = Path.GetFullPath(builder.Configuration["out"] ?? Path.Combine(sources, "site"));
    Prepare(RunDirectory.Open(folder), sources, builder.Configuration["runtime"] ?? FetchRuntime(sources), site);
    Console.WriteLine($"The page is in {site}. It needs a web server, because browsers load no models from files; this is one:");
    if (builder.Configuration["urls"] is null) { builder.WebHost.UseUrls("http://127.0.0.1:5081"); }
    var app = builder.Build();
    app.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(site), StaticFileOptions = { ServeUnknownFileTypes = true } });
    app.Run();
    return 0;
}
catch (GrokException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

static void Prepare(RunDirectory run, string sources, string runtime, string site)
{
    var exported = run.Checkpoints.Where(checkpoint => checkpoint.IsExported).ToArray();
    using var model = CheckpointModel.Open(run, exported[^1].Label);
    if (model.Facts is not { OperandValues: > 0 } facts) { throw new GrokException("its rows are no operands.", "Name an experiment on operands.", run.Path); }
    if (Directory.Exists(site)) { Directory.Delete(site, recursive: true); }
    Directory.CreateDirectory(Path.Combine(site, "ort"));
    Directory.CreateDirectory(Path.Combine(site, "models"));
    foreach (var name in (string[])["index.html", "style.css", "app.mjs", "circle.mjs"]) { File.Copy(Path.Combine(sources, name), Path.Combine(site, name)); }
    foreach (var name in (string[])["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
    {
        File.Copy(Path.Combine(runtime, name), Path.Combine(site, "ort", name));
    }
    var (list, parameter, width) = (new JsonArray(), "", 0);
    foreach (var checkpoint in exported)
    {
        using var weights = run.OpenWeights(checkpoint.Label);
        parameter = weights.Names.First(name => weights.TypeOf(name).Shape.Rank == 2);         // embedding, or first layer over one-hot rows
        width = weights.TypeOf(parameter).Shape[1];
        var (file, table) = ($"models/{checkpoint.Step}.onnx", $"models/{checkpoint.Step}.f32");
        File.Copy(run.OnnxPath(checkpoint.Label), Path.Combine(site, file));
        File.WriteAllBytes(Path.Combine(site, table), MemoryMarshal.AsBytes(weights.Read<float>(parameter)[..(facts.OperandValues * width)]));
        list.Add(new JsonObject
        {
            ["step"] = checkpoint.Step, ["marks"] = new JsonArray([.. checkpoint.Marks.Select(mark => (JsonNode)mark)]), ["model"] = file, ["weights"] = table,
        });
    }
    var experiment = new JsonObject
    {
        ["name"] = run.Name, ["verdict"] = run.Verdict, ["generalization_step"] = run.GeneralizationStep, ["operation"] = facts.Operation,
        ["operands"] = new JsonArray([.. facts.Operands.Select(name => (JsonNode)name)]), ["modulus"] = facts.OperandValues,
        ["input"] = model.InputName, ["parameter"] = parameter, ["width"] = width, ["checkpoints"] = list,
    };
    File.WriteAllText(Path.Combine(site, "experiment.json"), experiment.ToJsonString());
}

// ONNX Runtime for WebAssembly, once, by the lock file beside the page.
static string FetchRuntime(string sources)
{
    var dist = Path.Combine(sources, "node_modules", "onnxruntime-web", "dist");
    if (Directory.Exists(dist)) { return dist; }
    var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
    using var process = Process.Start(new ProcessStartInfo(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]) { WorkingDirectory = sources });
    process?.WaitForExit();
    return Directory.Exists(dist) ? dist : throw new GrokException("npm could not fetch onnxruntime-web.", "See above, or give its dist folder with --runtime.", sources);
}
