namespace GrokPipeline.Tests.Ground;

/// <summary>Spelling, catalogues and the exception: what is said to people.</summary>
public sealed class WordsTests
{
    private static readonly Catalogue<int> Numbers = new("number")
    {
        { "two", (Times o) => 2 * o.Factor },
        { "three", (Times o) => 3 * o.Factor },
    };

    [Theory]
    [InlineData("modular_addition", "modular_addition")]
    [InlineData("modular_additon", "modular_addition")]
    [InlineData("sparse_partiy", "sparse_parity")]
    [InlineData("zebra", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_suggested_when_it_is_near(string word, string? expected) =>
        Assert.Equal(expected, Spelling.Nearest(word, ["modular_addition", "sparse_parity"]));

    [Fact]
    public void Equally_near_words_are_taken_in_ordinal_order() => Assert.Equal("bat", Spelling.Nearest("rat", ["cat", "bat"]));

    [Fact]
    public void Nothing_is_suggested_from_nothing() => Assert.Equal("", Spelling.Suggestion("word", []));

    [Fact]
    public void A_catalogue_makes_what_a_name_stands_for()
    {
        Assert.Equal(["three", "two"], Numbers.Names);
        Assert.Equal(10, Numbers.Find("two").Make(new Times { Factor = 5 }));
        Assert.Equal(typeof(Times), Numbers.Find("two").OptionsType);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        var error = Assert.Throws<GrokException>(() => Numbers.Find("tow"));
        Assert.Equal("There is no number named 'tow'. Did you mean 'two'?", error.Problem);
        Assert.Equal("Use one of: three, two.", error.Remedy);
    }

    [Fact]
    public void The_exception_says_where_what_and_what_to_do()
    {
        var cause = new InvalidOperationException();
        var error = new GrokException("It is broken.", "Mend it.", "pipeline.yaml:1:2", ProblemKind.Integrity, cause);
        Assert.Equal("pipeline.yaml:1:2: It is broken. Mend it.", error.Message);
        Assert.Equal(ProblemKind.Integrity, error.Kind);
        Assert.Same(cause, error.InnerException);
        Assert.Equal("It is broken. Mend it.", new GrokException("It is broken.", "Mend it.").Message);
    }

    private sealed record Times : IOptions
    {
        public int Factor { get; init; } = 1;

        public IEnumerable<OptionProblem> Problems() => [];
    }
}
