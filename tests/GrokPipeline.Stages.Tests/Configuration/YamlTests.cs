using System.Text;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Tests.Configuration;

public sealed class YamlTests
{
    private static GrokException Refused(string text) => Assert.Throws<GrokException>(() => YamlReader.Read("f.yaml", text));

    [Fact]
    public void A_node_knows_its_line_and_column()
    {
        var map = Assert.IsType<YamlMap>(YamlReader.Read("f.yaml", "a: 1\nb:\n  - x\n  - { c: y }\n"));
        var list = Assert.IsType<YamlList>(map["b"]);
        Assert.Equal("f.yaml:1:4", map["a"]!.Place.ToString());
        Assert.Equal("f.yaml:4:10", ((YamlMap)list.Items[1])["c"]!.Place.ToString());
        Assert.Equal("f.yaml:4:7", ((YamlMap)list.Items[1]).Entries[0].KeyPlace.ToString());
    }

    [Theory]
    [InlineData("a: 1\na: 2\n", "f.yaml:2:1", "stands twice")]
    [InlineData("a: !!str 1\n", "f.yaml:1:4", "tags are not read")]
    [InlineData("a: &x { b: 1 }\nc:\n  <<: *x\n", "f.yaml:3:3", "merge keys are not read")]
    [InlineData("a: 1\n---\nb: 2\n", "f.yaml:2:1", "second document")]
    [InlineData("a: *x\n", "f.yaml:1:4", "no anchor '&x'")]
    [InlineData("? [a]\n: 1\n", "f.yaml:1:1", "is a list or a map")]
    [InlineData("a: \u202eb\n", "f.yaml:1:4", "U+202E does not show")]
    [InlineData("a: b\0\n", "f.yaml:1:5", "U+0000 does not show")]
    [InlineData("a: [1, 2\n", "f.yaml:2:1", "this is not YAML")]
    [InlineData("a: {\nb: 1 }\n", "f.yaml:2:1", "a list or map in brackets is wrongly indented")]
    [InlineData("a:\n  b:\n    c: { d: 1,\n    e: [2] }\n", "f.yaml:4:5", "a list or map in brackets is wrongly indented")]
    [InlineData("a: 'b\n", "f.yaml:", "this is not YAML")]
    public void Text_outside_the_subset_is_refused_with_its_place(string text, string where, string problem)
    {
        var error = Refused(text);
        Assert.StartsWith(where, error.Where, StringComparison.Ordinal);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Equal(ProblemKind.Configuration, error.Kind);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('-')]
    public void Deep_nesting_is_refused_and_does_not_end_the_process(char bracket)
    {
        var text = bracket switch
        {
            '-' => string.Concat(Enumerable.Repeat("- ", 20_000)) + "x",
            '{' => string.Concat(Enumerable.Repeat("{a: ", 20_000)),
            _ => new string(bracket, 20_000),
        };
        Assert.Contains("more than 32 levels", Refused(text).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alias_bomb_is_counted_and_not_walked()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 10; i++) { text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"); }
        Assert.Contains("more than 20,000 values", Refused(text.ToString()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Levels_behind_an_alias_count()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 20)) + string.Concat(Enumerable.Repeat("]", 20));
        Assert.Contains("behind this alias", Refused($"a: &a {deep}\nb: {deep[..20]}*a{deep[20..]}\n").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_values_and_too_many_bytes_are_refused()
    {
        Assert.Contains("20,000", Refused("[" + string.Concat(Enumerable.Repeat("1, ", 20_001)) + "1]").Problem, StringComparison.Ordinal);
        var large = Assert.Throws<GrokException>(() => YamlReader.Read("f.yaml", new byte[YamlReader.MaximumBytes + 1]));
        Assert.Contains("1,048,576", large.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_and_a_byte_order_mark_is_not()
    {
        Assert.Contains("not UTF-8", Assert.Throws<GrokException>(() => YamlReader.Read("f.yaml", [0x61, 0xff, 0xfe])).Problem,
            StringComparison.Ordinal);
        var map = (YamlMap)YamlReader.Read("f.yaml", [0xef, 0xbb, 0xbf, (byte)'a', (byte)':', (byte)' ', (byte)'1']);
        Assert.Equal("a", map.Entries[0].Key);
    }

    [Fact]
    public void Like_starts_from_another_entry_and_maps_merge()
    {
        var group = (YamlMap)YamlReader.Read("f.yaml", """
            a: { x: { p: 1, q: 2 }, list: [1, 2] }
            b: { like: a, x: { q: 3 }, list: [4] }
            c: { like: b, y: 5 }
            """);
        var problems = new ProblemList();
        var resolved = YamlMerge.ResolveLike(group, "g", problems);
        Assert.Equal(0, problems.Count);
        Assert.Equal("x.p=1 x.q=3 list=[4] y=5", Flat((YamlMap)resolved["c"]!));
        Assert.Equal("x.p=1 x.q=2 list=[1,2]", Flat((YamlMap)resolved["a"]!));
    }

    [Fact]
    public void Like_refuses_circles_and_unknown_names()
    {
        var group = (YamlMap)YamlReader.Read("f.yaml", "a: { like: b }\nb: { like: a }\nalpha: {}\nc: { like: alhpa }\n");
        var problems = new ProblemList();
        YamlMerge.ResolveLike(group, "g", problems);
        var error = Assert.Throws<GrokException>(problems.ThrowIfAny);
        Assert.Contains("f.yaml:2:12  g.b.like: goes round in a circle: a → b → a.", error.Problem, StringComparison.Ordinal);
        Assert.Contains("f.yaml:4:12  g.c.like: there is no entry 'alhpa' to start from. Did you mean alpha?", error.Problem,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_of_another_kind_replaces_instead_of_merging()
    {
        var under = YamlReader.Read("f.yaml", "{ kind: adamw, weight_decay: 1 }");
        var over = YamlReader.Read("f.yaml", "{ kind: adam, l2: 0.1 }");
        Assert.Equal("kind=adam l2=0.1", Flat((YamlMap)YamlMerge.Merge(under, over)));
    }

    [Fact]
    public void Parameters_replace_whole_values_and_stand_inside_text()
    {
        var parameters = (YamlMap)YamlReader.Read("f.yaml", "{ n: 3, list: [1, 2] }");
        var node = YamlReader.Read("f.yaml", "a: ${params.n}\nb: \"run ${params.n} of ${params.n}\"\nc: ${params.list}\n");
        var problems = new ProblemList();
        Assert.Equal("a=3 b=run 3 of 3 c=[1,2]", Flat((YamlMap)Substitution.Apply(node, parameters, problems, "")));
        Assert.Equal(0, problems.Count);
        Substitution.Apply(YamlReader.Read("f.yaml", "a: ${params.lisp}\n"), parameters, problems, "");
        var error = Assert.Throws<GrokException>(problems.ThrowIfAny);
        Assert.Equal("a: there is no 'params.lisp' to put here. Did you mean params.list? Known: params.n, params.list.", error.Problem);
    }

    [Fact]
    public void Overrides_set_values_by_path()
    {
        var root = (YamlMap)YamlReader.Read("f.yaml", "params: { seed: 0 }\nexperiments: { e: { on: [a, b], train: { steps: 1 } } }\n");
        var problems = new ProblemList();
        foreach (var text in (
            string[])["params.seed=7", "experiments.e.on.1=c", "experiments.e.train.every=[1, 2]", "experiments.e.title=a=b"])
        {
            root = Overrides.Apply(root, text, problems);
        }
        Assert.Equal(0, problems.Count);
        Assert.Equal(
            "params.seed=7 experiments.e.on=[a,c] experiments.e.train.steps=1 experiments.e.train.every=[1,2] experiments.e.title=a=b",
            Flat(root));
    }

    [Theory]
    [InlineData("params.sed=1", "there is no 'params.sed' in this pipeline. Did you mean params.seed? Known: seed.")]
    [InlineData("params.seed.x=1", "'params.seed' is '0' and has no 'x'.")]
    [InlineData("list.2=1", "'list' is a list of 2; give a number from 0 instead of '2'.")]
    [InlineData("params", "an override reads path=value, for instance -s params.seed=1.")]
    [InlineData("a..b=1", "an override reads path=value, for instance -s params.seed=1.")]
    [InlineData("params.seed=[1", "this is not YAML")]
    public void A_wrong_override_is_explained(string text, string problem)
    {
        var root = (YamlMap)YamlReader.Read("f.yaml", "params: { seed: 0 }\nlist: [1, 2]\n");
        var problems = new ProblemList();
        Overrides.Apply(root, text, problems);
        var error = Assert.Throws<GrokException>(problems.ThrowIfAny);
        Assert.StartsWith("-s ", error.Where, StringComparison.Ordinal);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    private static string Flat(YamlMap map) => string.Join(' ', Leaves(map, ""));

    private static IEnumerable<string> Leaves(YamlMap map, string path) => map.Entries.SelectMany(entry => entry.Value switch
    {
        YamlMap inner => Leaves(inner, $"{path}{entry.Key}."),
        YamlList list => [$"{path}{entry.Key}=[{string.Join(',', list.Items.Select(item => ((YamlScalar)item).Text))}]"],
        _ => [$"{path}{entry.Key}={((YamlScalar)entry.Value).Text}"],
    });
}
