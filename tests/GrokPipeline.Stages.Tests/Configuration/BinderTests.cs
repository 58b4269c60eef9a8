using System.Collections.Immutable;
using GrokPipeline.Runs;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Configuration;

public sealed class BinderTests
{
    private static readonly Catalogue<string> Animals = new("animal")
    {
        { "cat", (CatOptions options) => $"cat {options.Lives}" },
        { "dog", (DogOptions _) => "dog" },
    };

    private static (Sample Sample, string Problems) Bind(string yaml)
    {
        var problems = new ProblemList();
        var catalogues = new Dictionary<Type, CatalogueNames> { [typeof(string)] = CatalogueNames.Of(Animals) };
        var sample = new Binder(catalogues, problems).Record<Sample>(YamlReader.Read("f.yaml", yaml), "");
        try { problems.ThrowIfAny(); }
        catch (GrokException error) { return (sample, error.Where is null ? error.Problem : $"{error.Where}  {error.Problem}"); }
        return (sample, "");
    }

    [Fact]
    public void Every_type_of_option_is_read()
    {
        var (sample, problems) = Bind("""
            whole: -4_000
            large: 18446744073709551615
            number: 1.5e-3
            flag: true
            text: NO
            colour: dark_red
            maybe: 7
            numbers: [0.9, 0.98]
            widths: [96, 97]
            inner: { depth: 3 }
            size: 12
            named: { b: 1, a: 2 }
            animal: { kind: cat, lives: 7 }
            animals: [dog, { kind: cat }]
            """);
        Assert.Equal("", problems);
        Assert.Equal((-4000, ulong.MaxValue, 1.5e-3, true, "NO"), (sample.Whole, sample.Large, sample.Number, sample.Flag, sample.Text));
        Assert.Equal((Colour.DarkRed, 7, 3, new Size(12)), (sample.Colour, sample.Maybe, sample.Inner.Depth, sample.Size));
        Assert.Equal([0.9, 0.98], sample.Numbers);
        Assert.Equal<IntegerList>([96, 97], sample.Widths);
        Assert.Equal(["b", "a"], sample.Named.Select(pair => pair.Key));
        Assert.Equal(7, ((CatOptions)sample.Animal.Options).Lives);
        Assert.Equal(["dog", "cat"], sample.Animals.Select(choice => choice.Kind));
    }

    [Fact]
    public void What_is_not_given_keeps_its_default()
    {
        var (sample, problems) = Bind("inner:\nmaybe: null\n");
        Assert.Equal("", problems);
        Assert.Equal(new Sample { Named = sample.Named, Numbers = sample.Numbers, Animals = sample.Animals }, sample);
    }

    [Fact]
    public void All_problems_are_told_at_once_each_with_its_place()
    {
        var (_, problems) = Bind("""
            whole: 1.5
            numbr: 3
            flag: yes
            colour: blue
            numbers: 0.9
            inner: { depth: 99, dept: 1 }
            size: big
            animal: { kind: cta }
            animals: [{ lives: 3 }, { kind: dog, lives: 3 }]
            number: .nan
            large: -1
            """);
        Approve.Text(problems, "binder-problems.txt");
    }

    [Theory]
    [InlineData("number: 1e999")]
    [InlineData("number: NaN")]
    [InlineData("number: Infinity")]
    [InlineData("number: ''")]
    [InlineData("whole: 99999999999")]
    [InlineData("whole: 1,000")]
    [InlineData("text: [a]")]
    [InlineData("inner: 3")]
    [InlineData("named: [a]")]
    public void A_value_of_another_type_is_a_problem(string yaml) =>
        Assert.StartsWith("f.yaml:1:", Bind(yaml).Problems, StringComparison.Ordinal);

    [Fact]
    public void Out_of_range_points_at_the_options_own_line()
    {
        Assert.Equal("f.yaml:2:10  inner.depth: depth is 99; give 1 to 9.", Bind("inner:\n  depth: 99\n").Problems);
    }

    [Fact]
    public void Canonical_json_has_one_spelling()
    {
        var a = Bind("number: 0.10\nwhole: 1\nanimal: { kind: cat, lives: 7 }\n").Sample;
        var b = Bind("animal: { lives: 7, kind: cat }\nwhole: 1\nnumber: 1e-1\n").Sample;
        var text = CanonicalText.Of(CanonicalJson.Of(a));
        Assert.Equal(text, CanonicalText.Of(CanonicalJson.Of(b)));
        Approve.Text(text, "canonical.json");
    }

    [Theory]
    [InlineData("LearningRate", "learning_rate")]
    [InlineData("L2", "l2")]
    [InlineData("Beta2", "beta2")]
    [InlineData("WidthMm", "width_mm")]
    [InlineData("OnnxIO", "onnx_io")]
    [InlineData("IOName", "io_name")]
    public void Names_are_snake_case(string property, string option) => Assert.Equal(option, OptionTypes.SnakeCase(property));
}

public enum Colour
{
    Red,
    DarkRed,
}

public readonly record struct Size(int Value)
{
    public static Size FromText(string text) =>
        int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value)
            ? new Size(value)
            : throw new GrokException($"'{text}' is no size.", "Give a number.");
}

public sealed record CatOptions : IOptions
{
    public int Lives { get; init; } = 9;

    public IEnumerable<OptionProblem> Problems() => [];
}

public sealed record DogOptions : IOptions
{
    public IEnumerable<OptionProblem> Problems() => [];
}

public sealed record Inner : IOptions
{
    public int Depth { get; init; } = 1;

    public IEnumerable<OptionProblem> Problems()
    {
        if (Depth is not (>= 1 and <= 9)) { yield return new("depth", $"depth is {Depth}; give 1 to 9."); }
    }
}

public sealed record Sample
{
    public int Whole { get; init; } = 5;

    public ulong Large { get; init; }

    public double Number { get; init; } = 0.5;

    public bool Flag { get; init; }

    public string Text { get; init; } = "a";

    public Colour Colour { get; init; }

    public int? Maybe { get; init; }

    public ImmutableArray<double> Numbers { get; init; } = [];

    public IntegerList Widths { get; init; } = [];

    public Inner Inner { get; init; } = new();

    public Size Size { get; init; } = new(1);

    public ImmutableArray<KeyValuePair<string, int>> Named { get; init; } = [];

    public Choice<string> Animal { get; init; } = new("dog", new DogOptions());

    public ImmutableArray<Choice<string>> Animals { get; init; } = [];
}
