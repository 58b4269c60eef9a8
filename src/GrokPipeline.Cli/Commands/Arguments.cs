using System.CommandLine;

namespace GrokPipeline.Cli.Commands;

/// <summary>Words on the command line that take any text.</summary>
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
}
