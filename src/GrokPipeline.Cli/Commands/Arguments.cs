using System.CommandLine;

namespace GrokPipeline.Cli.Commands;

/// <summary>Checks of what the command line gives.</summary>
internal static class Arguments
{
    /// <summary>Makes a word that begins like an option an error of usage; without this it would be taken for a name.</summary>
    /// <param name="command">The command, with all its options.</param>
    /// <param name="words">Its words.</param>
    public static void RefuseOptions(Command command, Argument<string[]> words) => words.Validators.Add(result =>
    {
        foreach (var word in result.Tokens.Select(token => token.Value).Where(word => word.StartsWith('-')))
        {
            var name = word.Split('=')[0];
            var hint = Spelling.Suggestion(name, command.Options.Select(option => option.Name));
            result.AddError($"there is no option '{name}'.{hint}");
        }
    });

    /// <summary>The number of an option.</summary>
    /// <exception cref="GrokException">It is below <paramref name="least"/>.</exception>
    public static int AtLeast(int least, Invocation invocation, Option<int> option)
    {
        var number = invocation.Parsed.GetValue(option);
        return number >= least ? number
            : throw new GrokException($"must be at least {least}.", $"Give a number from {least} on.", option.Name);
    }
}
