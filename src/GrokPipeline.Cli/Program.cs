using System.Reflection;

Console.WriteLine($"grokpipe {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}");
return 0;
