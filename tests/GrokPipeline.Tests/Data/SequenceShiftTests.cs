using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class SequenceShiftTests
{
    private static readonly ListsOptions _sort = new() { Values = 5, Length = 3, Capacity = 5 };

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-2)]
    public void Lists_get_longer_or_shorter_at_their_end_and_are_sorted_anew(int by)
    {
        var tables = DatasetBuilder.Build(SequenceDatasetTests.Lists(_sort, Length(by)));
        var (from, to) = (tables.Splits["validation"], tables.Shifts["length"]);
        Assert.Equal(from.Int64("row").ToArray(), to.Int64("row").ToArray());
        if (by == 0) { Assert.Equal(ContentHash.Of(from), ContentHash.Of(to)); }
        for (var row = 0; row < to.Rows; row++)
        {
            var (before, after) = (List(from, row, "x", 5, 5), List(to, row, "x", 5, 5));
            Assert.Equal(3 + by, after.Length);
            Assert.Equal(3 + by, to.Int64("length")[row]);
            var kept = Math.Min(3, 3 + by);
            Assert.Equal(before[..kept], after[..kept]);
            Assert.Equal(after.Order(), List(to, row, "y", 5, 5));
        }
    }

    [Fact]
    public void Numbers_get_longer_at_their_most_significant_digit()
    {
        foreach (var order in (DigitOrder[])[DigitOrder.MostFirst, DigitOrder.LeastFirst])
        {
            var tables = DatasetBuilder.Build(Digits(new() { Capacity = 3, Order = order }, Length(1)));
            var (from, to) = (tables.Splits["validation"], tables.Shifts["length"]);
            for (var row = 0; row < 50; row++)
            {
                foreach (var operand in (string[])["a", "b"])
                {
                    var (before, after) = (Value(List(from, row, operand, 3, 10), order), Value(List(to, row, operand, 3, 10), order));
                    Assert.Equal(before, after % 100);
                }
                var (a, b) = (Value(List(to, row, "a", 3, 10), order), Value(List(to, row, "b", 3, 10), order));
                Assert.Equal(a + b, Value(List(to, row, "y", 4, 10), order));
            }
        }
    }

    [Fact]
    public void A_share_of_the_rows_is_put_in_order_and_a_larger_share_is_the_same_rows_and_more()
    {
        Table Ordered(double share) => DatasetBuilder.Build(SequenceDatasetTests.Lists(
            new() { Values = 9, Length = 4, Rows = 2000, Op = ListOperation.Copy },
            new ShiftSpec("order", "sequence_order", new SequenceOrderOptions { Share = share }))).Shifts["order"];

        var (none, some, all) = (Ordered(0), Ordered(0.5), Ordered(1));
        var changed = 0;
        for (var row = 0; row < none.Rows; row++)
        {
            var (before, half, whole) = (List(none, row, "x", 4, 9), List(some, row, "x", 4, 9), List(all, row, "x", 4, 9));
            Assert.Equal(before.OrderDescending(), whole);
            Assert.Equal(whole, List(all, row, "y", 4, 9));
            Assert.True(half.SequenceEqual(before) || half.SequenceEqual(whole));
            if (!half.SequenceEqual(before)) { changed++; }
        }
        Assert.InRange(changed, 0.4 * none.Rows, 0.55 * none.Rows);
    }

    [Fact]
    public void Rows_are_written_later_swapped_or_backwards_with_their_true_answers()
    {
        var options = new DigitAdditionOptions { Capacity = 3 };
        var tables = DatasetBuilder.Build(Digits(
            options, Format("offset", FormatChange.Offset), Format("swapped", FormatChange.Swapped),
            Format("reversed", FormatChange.Reversed)));
        var from = tables.Splits["validation"];
        for (var row = 0; row < 100; row++)
        {
            var (a, b) = (Value(List(from, row, "a", 3, 10), DigitOrder.MostFirst),
                Value(List(from, row, "b", 3, 10), DigitOrder.MostFirst));
            var (offset, swapped, reversed) = (tables.Shifts["offset"], tables.Shifts["swapped"], tables.Shifts["reversed"]);
            Assert.Equal(10, offset.Int64("a0")[row]);
            Assert.Equal(from.Int64("a1")[row], offset.Int64("a2")[row]);
            Assert.Equal(List(from, row, "y", 4, 10), List(offset, row, "y", 4, 10));
            Assert.Equal(List(from, row, "a", 3, 10), List(swapped, row, "b", 3, 10));
            Assert.Equal(List(from, row, "y", 4, 10), List(swapped, row, "y", 4, 10));
            Assert.Equal(a, Value(List(reversed, row, "a", 3, 10), DigitOrder.LeastFirst));
            Assert.Equal(a + b, Value(List(reversed, row, "y", 4, 10), DigitOrder.LeastFirst));
        }
        Assert.StartsWith("Concept shift", tables.Distribution("reversed").Description, StringComparison.Ordinal);
        Assert.Equal(0, DatasetBuilder.Build(Digits(options, Format("offset", FormatChange.Offset))).Distribution("offset").InTrain);
    }

    [Theory]
    [InlineData("sequence_length"), InlineData("sequence_format"), InlineData("sequence_order"), InlineData("a share of sequence_format")]
    public void Without_strength_wrong_labels_stay_and_with_some_they_are_refused(string kind)
    {
        IOptions Options(int on) => kind switch
        {
            "sequence_length" => new SequenceLengthOptions { By = on },
            "sequence_format" => new SequenceFormatOptions { By = on },
            "sequence_order" => new SequenceOrderOptions { Share = on },
            _ => new SequenceFormatOptions { Share = on },
        };
        var noise = new ShiftSpec("shifted", "label_noise", new LabelNoiseOptions { Rate = 0.3 });
        DatasetSpec Then(int on) => SequenceDatasetTests.Lists(
            _sort with { Op = ListOperation.Max }, noise with { Then = [new(kind.Split(' ')[^1], Options(on))] });
        var noisy = DatasetBuilder.Build(SequenceDatasetTests.Lists(_sort with { Op = ListOperation.Max }, noise)).Shifts["shifted"];
        var still = DatasetBuilder.Build(Then(0)).Shifts["shifted"];
        Assert.Equal(15, still.Bool("noisy").ToArray().Count(changed => changed));
        Assert.Equal(ContentHash.Of(noisy), ContentHash.Of(still));
        var error = Assert.Throws<GrokException>(() => DatasetBuilder.Build(Then(1)));
        Assert.Equal("shifts.shifted[1]", error.Where);
        Assert.Contains("15 of 50 rows have wrong labels", error.Problem, StringComparison.Ordinal);
        var taken = Then(1);
        taken = taken with { Shifts = [taken.Shifts[0] with { Then = [new("clean_labels", new CleanLabelsOptions()), .. taken.Shifts[0].Then] }] };
        Assert.DoesNotContain(true, DatasetBuilder.Build(taken).Shifts["shifted"].Bool("noisy").ToArray());
    }

    [Fact]
    public void Steps_go_on_with_what_the_steps_before_wrote()
    {
        var options = new DigitAdditionOptions { Capacity = 4 };
        var shift = Format("steps", FormatChange.Reversed) with
        {
            Then =
            [
                new("sequence_length", new SequenceLengthOptions()), new("sequence_format", new SequenceFormatOptions()),
                new("sequence_format", new SequenceFormatOptions { Change = FormatChange.Swapped }),
            ],
        };
        var tables = DatasetBuilder.Build(Digits(options, shift));
        var (from, to) = (tables.Splits["validation"], tables.Shifts["steps"]);
        for (var row = 0; row < 50; row++)
        {
            var (a, b) = (Value(List(to, row, "a", 4, 10), DigitOrder.LeastFirst), Value(List(to, row, "b", 4, 10), DigitOrder.LeastFirst));
            Assert.Equal(a + b, Value(List(to, row, "y", 5, 10), DigitOrder.LeastFirst));
            Assert.Equal(Value(List(from, row, "a", 4, 10), DigitOrder.MostFirst), b % 100);
            Assert.Equal((10, 3), (to.Int64("a0")[row], List(to, row, "a", 4, 10).Length));
        }
        var error = Assert.Throws<GrokException>(() => DatasetBuilder.Build(Digits(
            options with { Capacity = 3 }, Length(1) with { Then = [new("sequence_format", new SequenceFormatOptions())] })));
        Assert.Contains("ends at position 4; a model has positions for 3.", error.Problem, StringComparison.Ordinal);
        Assert.Equal("shifts.length[1]", error.Where);
    }

    [Theory]
    [InlineData(3, "by is 3: lists would have 6 elements, and a model has positions for 5. Give at most 2, or raise with.capacity.")]
    [InlineData(-3, "by is -3: the shortest list has 3 elements. Give at least -2.")]
    public void Lists_that_fit_no_model_are_refused_with_the_nearest_that_do(int by, string problem)
    {
        var found = SequenceDatasetTests.Lists(_sort, Length(by)).OnlyProblem();
        Assert.Equal(("shifts.length.by", problem), (found.Option, found.Problem));
    }

    [Fact]
    public void What_a_list_or_another_dataset_does_not_have_is_not_changed()
    {
        Assert.Equal("shifts.f.change", SequenceDatasetTests.Lists(_sort, Format("f", FormatChange.Swapped)).OnlyProblem().Option);
        Assert.Equal("shifts.f.change", SequenceDatasetTests.Lists(_sort, Format("f", FormatChange.Reversed)).OnlyProblem().Option);
        Assert.Equal("shifts.length.kind", (Specs.Modular(7, shifts: Length(1))).OnlyProblem().Option);
        var digits = Digits(new(), new ShiftSpec("order", "sequence_order", new SequenceOrderOptions()));
        Assert.Equal("shifts.order.kind", digits.OnlyProblem().Option);
        var swapped = new ShiftSpec("swapped", "operand_order", new OperandOrderOptions { Order = ["x2", "x1", "x0", "x3", "x4"] });
        Assert.Equal("shifts.swapped.kind", SequenceDatasetTests.Lists(_sort, swapped).OnlyProblem().Option);
        var outliers = new ShiftSpec("outliers", "outliers", new OutliersOptions { Rows = 1 });
        Assert.Equal("shifts.outliers.kind", SequenceDatasetTests.Lists(_sort, outliers).OnlyProblem().Option);
        Assert.Equal("shifts.noisy.kind", SequenceDatasetTests.Lists(_sort, Specs.Noise("noisy", 0.1)).OnlyProblem().Option);
    }

    private static ShiftSpec Length(int by) => new("length", "sequence_length", new SequenceLengthOptions { By = by });

    private static ShiftSpec Format(string name, FormatChange change) =>
        new(name, "sequence_format", new SequenceFormatOptions { Change = change });

    private static DatasetSpec Digits(DigitAdditionOptions options, params ShiftSpec[] shifts) =>
        SequenceDatasetTests.Lists(new(), shifts) with { Use = "digit_addition", With = options };

    // The tokens of a list without its ends.
    private static long[] List(Table table, int row, string name, int capacity, long end) =>
        [.. Enumerable.Range(0, capacity).Select(at => table.Int64($"{name}{at}")[row]).Where(token => token != end)];

    private static long Value(long[] digits, DigitOrder order) =>
        (order == DigitOrder.MostFirst ? digits : digits.AsEnumerable().Reverse()).Aggregate(0L, (sum, digit) => (sum * 10) + digit);
}
