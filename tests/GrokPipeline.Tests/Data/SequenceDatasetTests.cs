using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class SequenceDatasetTests
{
    [Theory]
    [InlineData(ListOperation.Sort, "3 1 2", "1 2 3")]
    [InlineData(ListOperation.Reverse, "3 1 2", "2 1 3")]
    [InlineData(ListOperation.Copy, "3 1 2", "3 1 2")]
    [InlineData(ListOperation.Max, "3 1 2", "3")]
    [InlineData(ListOperation.Dedupe, "3 1 3", "3 1 4")]                          // 4 is the end: there are four values
    [InlineData(ListOperation.Dedupe, "2 2 2", "2 4 4")]
    [InlineData(ListOperation.Rotate, "3 1 2", "1 2 3")]
    [InlineData(ListOperation.CumulativeSum, "3 1 2", "3 0 2")]
    public void A_list_has_the_answer_that_one_finds_by_hand(ListOperation op, string list, string answer)
    {
        var dataset = new Lists(new() { Op = op, Values = 4 });
        Assert.Equal(64, dataset.All.Rows);
        var row = Enumerable.Range(0, 64).Single(row => Text(dataset.All, row, dataset.Facts.Operands) == list);
        Assert.Equal(answer, Text(dataset.All, row, dataset.Facts.AnswerColumns));
        Assert.Equal(Enumerable.Range(0, 64).Select(number => (long)number), dataset.All.Int64("row").ToArray());
    }

    [Fact]
    public void Sorted_answers_hold_the_same_elements_and_never_descend()
    {
        var dataset = new Lists(new() { Values = 9, Length = 4, LeastLength = 2, Rows = 3000 });
        var seen = new HashSet<string>();
        for (var row = 0; row < dataset.All.Rows; row++)
        {
            var list = Numbers(dataset.All, row, dataset.Facts.Operands).Where(token => token != 9).ToArray();
            var answer = Numbers(dataset.All, row, dataset.Facts.AnswerColumns).Where(token => token != 9).ToArray();
            Assert.Equal(list.CountBy(token => token).OrderBy(pair => pair.Key), answer.CountBy(token => token));
            Assert.All(answer.Zip(answer.Skip(1)), pair => Assert.True(pair.First <= pair.Second));
            Assert.Equal(list.Length, dataset.All.Int64("length")[row]);
            Assert.True(seen.Add(string.Join(' ', list)));
        }
        Assert.Equal(3000, seen.Count);
        var again = new Lists(new() { Values = 9, Length = 4, LeastLength = 2, Rows = 3000 });
        Assert.Equal(ContentHash.Of(dataset.All), ContentHash.Of(again.All));
    }

    [Theory]
    [InlineData(2, 10, DigitOrder.MostFirst)]
    [InlineData(2, 10, DigitOrder.LeastFirst)]
    [InlineData(4, 3, DigitOrder.LeastFirst)]
    [InlineData(1, 100, DigitOrder.MostFirst)]
    public void Digits_are_those_of_the_integers_sum(int digits, int radix, DigitOrder order)
    {
        var dataset = new DigitAddition(new() { Digits = digits, Base = radix, Order = order });
        var (all, facts) = (dataset.All, dataset.Facts);
        Assert.Equal((int)Math.Pow(radix, 2 * digits), all.Rows);
        Assert.Equal(digits + 1, facts.AnswerLength);
        for (var row = 0; row < all.Rows; row++)
        {
            var operands = Numbers(all, row, facts.Operands);
            Assert.Equal(Value(operands[..digits]) + Value(operands[digits..]), Value(Numbers(all, row, facts.AnswerColumns)));
        }

        long Value(long[] tokens) =>
            (order == DigitOrder.MostFirst ? tokens : tokens.Reverse()).Aggregate(0L, (sum, digit) => (sum * radix) + digit);
    }

    [Fact]
    public void Lists_and_their_splits_are_the_same_everywhere()
    {
        var split = new SplitSpec { Train = SplitPart.Of(0.7), Validation = SplitPart.Remaining };
        var cards = DatasetBuilder.Build(Lists(new()) with { Split = split }).Card.Distributions;
        Assert.Equal(["train b7bd97853a4c", "validation 1c81f03502e2"], cards.Select(card => $"{card.Name} {card.ContentHash[..12]}"));
    }

    [Fact]
    public void A_decoder_reads_the_prompt_and_the_answer_without_its_last_token()
    {
        var sums = new DigitAddition(new());
        var row = (47 * 100) + 85;                                                // 47 + 85 = 132
        Assert.Equal([4, 7, 11, 8, 5, 12, 1, 3], Tokens(sums, row));
        Assert.Equal([1, 3, 2], Targets(sums, row));
        Assert.Equal(13, RowEncoding.Vocabulary("tokens", sums.Facts));
        var largest = new Lists(new() { Op = ListOperation.Max, Values = 8 });
        Assert.Equal([0, 1, 7, 9], Tokens(largest, 15));                          // an answer of one token is no input
        Assert.Equal([7], Targets(largest, 15));
        Assert.Equal(TensorType.Int64([512]), RowEncoding.Target(largest.All, largest.Facts).Type);
    }

    [Fact]
    public void Answers_with_an_end_are_the_seven_tokens_of_power_and_others()
    {
        var spec = Specs.Modular(97) with { Answer = new() { Form = AnswerForm.WithEnd } };
        var dataset = (ListedDataset)Datasets.Make(spec);
        var row = (5 * 97) + 95;
        Assert.Equal([99, 5, 97, 95, 98, 3], Tokens(dataset, row));
        Assert.Equal([3, 99], Targets(dataset, row));
        Assert.Equal((100, 2), (dataset.Facts.Classes, dataset.Facts.AnswerLength));
        Assert.Equal(100, RowEncoding.Vocabulary("tokens", dataset.Facts));
        var wide = Datasets.Make(spec with { Answer = new() { Form = AnswerForm.WithEnd, Vocabulary = 239 } }).Facts;
        Assert.Equal((239, 239), (wide.Classes, RowEncoding.Vocabulary("tokens", wide)));
        var (ended, plain) = (DatasetBuilder.Build(spec), DatasetBuilder.Build(Specs.Modular(97)));
        Assert.Equal(plain.Splits["train"].Int64("row").ToArray(), ended.Splits["train"].Int64("row").ToArray());
        Assert.Equal(ended.Facts, DatasetFacts.Of(ended.Splits["train"].Metadata));
        Assert.DoesNotContain("answer", plain.Facts.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("prompt", plain.Facts.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, "with.length", "length is 0; give 1 to 16.")]
    [InlineData(3, 4, 0, 0, "with.least_length", "give 1 to 3")]
    [InlineData(3, 0, 2, 0, "with.capacity", "Give 3 to 16, or 0.")]
    [InlineData(3, 0, 0, 600, "with.rows", "rows is 600; there are 512. Give 1 to 512, or 0 for all.")]
    [InlineData(8, 0, 0, 0, "with.rows", "there are 16777216 rows, more than 200000; give rows: 1 to 200000, for instance 5000.")]
    public void Impossible_lists_are_refused_with_what_is_possible(
        int length, int least, int capacity, int rows, string option, string problem)
    {
        var spec = Lists(new() { Length = length, LeastLength = least, Capacity = capacity, Rows = rows });
        var found = spec.OnlyProblem();
        Assert.Equal(option, found.Option);
        Assert.Contains(problem, found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_end_is_refused_one()
    {
        var ended = new AnswerSpec { Form = AnswerForm.WithEnd };
        Assert.Equal("answer.form", (Lists(new()) with { Answer = ended }).OnlyProblem().Option);
        Assert.Equal("answer.form", (Specs.Gaussian() with { Answer = ended }).OnlyProblem().Option);
        var few = (Specs.Modular(97) with { Answer = ended with { Vocabulary = 99 } }).OnlyProblem();
        Assert.Equal("answer.vocabulary", few.Option);
        Assert.Equal("vocabulary is 99; this dataset uses 100 tokens. Give at least 100, or 0.", few.Problem);
        Assert.Contains("with_end", Assert.Throws<GrokException>(() => AnswerSpec.FromText("with_ends")).Problem, StringComparison.Ordinal);
    }

    internal static DatasetSpec Lists(ListsOptions options, params ShiftSpec[] shifts) => new()
    {
        Use = "lists",
        With = options,
        Split = new SplitSpec { Train = SplitPart.Of(0.6), Validation = SplitPart.Remaining },
        Shifts = [.. shifts],
    };

    private static long[] Tokens(ListedDataset dataset, int row) => RowOf(RowEncoding.Input("tokens", dataset.All, dataset.Facts), row);

    private static long[] Targets(ListedDataset dataset, int row) => RowOf(RowEncoding.Target(dataset.All, dataset.Facts), row);

    private static long[] RowOf(Tensor tensor, int row)
    {
        var width = tensor.Shape.Count / tensor.Shape[0];
        return tensor.AsSpan<long>().Slice(row * width, width).ToArray();
    }

    private static long[] Numbers(Table table, int row, IEnumerable<string> columns) =>
        [.. columns.Select(column => table.Int64(column)[row])];

    private static string Text(Table table, int row, IEnumerable<string> columns) => string.Join(' ', Numbers(table, row, columns));
}
