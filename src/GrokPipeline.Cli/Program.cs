using System.Globalization;
using GrokPipeline.Cli;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return (int)new CommandLine(Terminal.System()).Run(args);
