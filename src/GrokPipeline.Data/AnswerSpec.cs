namespace GrokPipeline.Data;

/// <summary>The form of a dataset's answers.</summary>
public enum AnswerForm
{
    /// <summary>One token, as the generator has it.</summary>
    Single,

    /// <summary>
    /// The token and, after it, the end token, as in the code of Power et al. 2022: a row reads <c>end a ∘ b = c end</c>, the loss is the
    /// mean over the two tokens after the equals sign, and a row is right when both are.
    /// </summary>
    WithEnd,
}

/// <summary>What is asked about a row: <c>with_end</c>, or <c>{ form: with_end, vocabulary: 239 }</c>.</summary>
public sealed record AnswerSpec : IOptions, IScalarForm<AnswerSpec>
{
    /// <summary>How many tokens an answer has. Default single.</summary>
    public AnswerForm Form { get; init; }

    /// <summary>
    /// How many tokens there are, used or not, and so how many logits. Default 0: those that rows use, the values, the operation, the
    /// equals sign and the end. The code of Power et al. has 239, those of all its operations.
    /// </summary>
    public int Vocabulary { get; init; }

    /// <summary>Reads <c>single</c> or <c>with_end</c>.</summary>
    /// <exception cref="GrokException">The text is neither.</exception>
    public static AnswerSpec FromText(string text) => text switch
    {
        "single" => new(),
        "with_end" => new() { Form = AnswerForm.WithEnd },
        _ => throw new GrokException(
            $"'{text}' is no form of an answer.{Spelling.Suggestion(text, ["single", "with_end"])}", "Give single or with_end."),
    };

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Vocabulary is < 0 or > 1 << 20) { yield return new("vocabulary", $"vocabulary is {Vocabulary}; give 0 to {1 << 20}."); }
        else if (Vocabulary > 0 && Form == AnswerForm.Single)
        {
            yield return new("vocabulary", "vocabulary is for answers with an end token; give form: with_end, or leave it out.");
        }
    }

    /// <summary>What does not fit a dataset, options by their own names.</summary>
    internal IEnumerable<OptionProblem> Problems(Dataset dataset)
    {
        if (Form == AnswerForm.Single) { yield break; }
        if (dataset is not ListedDataset || dataset.Facts.Kind != InputKind.Operands || !dataset.Facts.Prompt.IsDefaultOrEmpty)
        {
            yield return new("form", "with_end is for a table of operands, such as modular_arithmetic; leave `answer` out.");
        }
        else if (Vocabulary > 0 && Vocabulary < EndedAnswers.LeastVocabulary(dataset.Facts))
        {
            var least = EndedAnswers.LeastVocabulary(dataset.Facts);
            yield return new("vocabulary", $"vocabulary is {Vocabulary}; this dataset uses {least} tokens. Give at least {least}, or 0.");
        }
    }
}
