using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Tables;

public sealed class TableTests
{
    private static readonly TableSchema s_schema =
    [
        new("name", ColumnKind.Text), new("step", ColumnKind.Int64), new("loss", ColumnKind.Float64), new("rate", ColumnKind.Float32),
        new("done", ColumnKind.Bool), new("x", ColumnKind.Vector, 2),
    ];

    [Fact]
    public void A_builder_gives_the_rows_that_were_added()
    {
        var table = new TableBuilder(s_schema)
            .Add("a", 1, 0.5, 0.25f, true, new[] { 1f, 2f }).Add((string?)null, long.MaxValue, double.NaN, -0f, false, new[] { 3f, 4f })
            .Add("c", 3, 7, 0.5f, true, new[] { 5f, 6f })
            .WithMetadata("seed", "0").ToTable();
        Assert.Equal((s_schema, 3, "0"), (table.Schema, table.Rows, table.Metadata["seed"]));
        Assert.Equal(["a", null, "c"], table.Text("name"));
        Assert.Equal([1, long.MaxValue, 3], table.Int64("step").ToArray());
        Assert.Equal([0.5, double.NaN, 7], table.Float64("loss").ToArray());
        Assert.Equal([0.25f, -0f, 0.5f], table.Float32("RATE").ToArray());
        Assert.Equal([true, false, true], table.Bool("done").ToArray());
        Assert.Equal([1f, 2, 3, 4, 5, 6], table.Vector("x").ToArray());
    }

    [Fact]
    public void A_cell_of_another_kind_adds_no_row()
    {
        var builder = new TableBuilder(s_schema);
        AssertProblem("A cell of kind Text was added to column step: Int64.",
            () => builder.Add("a", "1", 0.5, 0.25f, true, new[] { 1f, 2f }));
        AssertProblem("A vector of 1 elements", () => builder.Add("a", 1, 0.5, 0.25f, true, new[] { 1f }));
        AssertProblem("A row of 2 cells was added to a table of 6 columns.", () => builder.Add("a", 1));
        AssertProblem("A cell of kind Int64 was added to column loss",
            () => builder.Add("a", 1, (1L << 53) + 1, 0.25f, true, new[] { 1f, 2f }));
        AssertProblem("A cell of kind Float64 was added to column rate", () => builder.Add("a", 1, 0.5, 0.25, true, new[] { 1f, 2f }));
        Assert.Equal((0, 0), (builder.Rows, builder.ToTable().Rows));
    }

    [Fact]
    public void Rows_are_selected_in_any_order()
    {
        var table = Table.Of(
            ColumnValues.Of("i", [10, 11, 12]), ColumnValues.Of("t", ["a", null, "c"]), ColumnValues.Of("b", [true, false, true]),
            ColumnValues.Of("d", [0.5, 1.5, 2.5]), ColumnValues.Of("f", [0.5f, 1.5f, 2.5f]),
                ColumnValues.Vector("v", 2, [1, 2, 3, 4, 5, 6])).Select([2, 0, 2]);
        Assert.Equal([12, 10, 12], table.Int64("i").ToArray());
        Assert.Equal(["c", "a", "c"], table.Text("t"));
        Assert.Equal([true, true, true], table.Bool("b").ToArray());
        Assert.Equal([2.5, 0.5, 2.5], table.Float64("d").ToArray());
        Assert.Equal([2.5f, 0.5f, 2.5f], table.Float32("f").ToArray());
        Assert.Equal([5f, 6, 1, 2, 5, 6], table.Vector("v").ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Select([3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Select([-1]));
    }

    [Fact]
    public void A_column_is_replaced_in_its_place_and_others_come_last()
    {
        var table = Table.Of(ColumnValues.Of("a", [1L]), ColumnValues.Of("b", [2L]))
            .With(ColumnValues.Of("A", [true]), ColumnValues.Of("c", [3.0]));
        Assert.Equal("(A: Bool, b: Int64, c: Float64)", table.Schema.ToString());
    }

    [Fact]
    public void What_makes_no_table_is_told()
    {
        AssertProblem("Column b has 1 rows, column a has 2.", () => Table.Of(ColumnValues.Of("a", [1L, 2]), ColumnValues.Of("b", [1L])));
        AssertProblem("Two columns are named 'A'", () => Table.Of(ColumnValues.Of("a", [1L]), ColumnValues.Of("A", [1L])));
        AssertProblem("3 elements do not make rows of width 2", () => ColumnValues.Vector("v", 2, [1, 2, 3]));
        AssertProblem("A schema of 0 columns", () => Table.Of());
        AssertProblem("A column is named ''", () => Table.Of(ColumnValues.Of("", [1L])));
        AssertProblem("kind Int64 has the width 2", () => TableSchema.Create([new("a", ColumnKind.Int64, 2)]));
        AssertProblem("has no column 'stp'. Did you mean 'step'?", () => new TableBuilder(s_schema).ToTable().Int64("stp"));
        AssertProblem("Column step: Int64 was read as Float64.", () => new TableBuilder(s_schema).ToTable().Float64("step"));
    }

    [Fact]
    public void Schemas_are_equal_when_their_columns_are()
    {
        TableSchema twin = [.. s_schema];
        Assert.Equal(s_schema, twin);
        Assert.Equal(s_schema.GetHashCode(), twin.GetHashCode());
        Assert.NotEqual(s_schema, [.. s_schema.Skip(1)]);
        Assert.False(s_schema.Equals(null));
    }

    [Fact]
    public void The_content_hash_is_the_one_that_is_written_down() =>
        Assert.Equal("606f8cfbdf0187cd5b6ff2d961b24e2b8f1dda64587a08ca1aa26d76b839f669", ContentHash.Of(Table.Of(
            ColumnValues.Of("i", [1L, -1]), ColumnValues.Of("t", ["∘", null]), ColumnValues.Of("f", [1.5f, float.NaN]),
                ColumnValues.Of("b", [true, false]),
            ColumnValues.Of("d", [-0.0, double.PositiveInfinity]), ColumnValues.Vector("v", 1, [1, 2]))));

    [Fact]
    public void Every_change_of_content_changes_the_hash_and_nothing_else_does()
    {
        Table[] different =
        [
            Table.Of(ColumnValues.Of("a", [1L, 2])), Table.Of(ColumnValues.Of("b", [1L, 2])), Table.Of(ColumnValues.Of("a", [2L, 1])),
                Table.Of(ColumnValues.Of("a", [1L])),
            Table.Of(ColumnValues.Of("a", [1.0, 2])), Table.Of(ColumnValues.Of("a", [1f, 2])),
                Table.Of(ColumnValues.Vector("a", 2, [1, 2])), Table.Of(ColumnValues.Vector("a", 1, [1, 2])),
            Table.Of(ColumnValues.Of("a", ["1", "2"])), Table.Of(ColumnValues.Of("a", ["12", ""])),
                Table.Of(ColumnValues.Of("a", ["12", null])), Table.Of(ColumnValues.Of("a", [true, true])),
            Table.Of(ColumnValues.Of("a", [0.0])), Table.Of(ColumnValues.Of("a", [-0.0])), Table.Of(ColumnValues.Of("a", [double.NaN])),
        ];
        Assert.Equal(different.Length, different.Select(ContentHash.Of).Distinct().Count());
        var other = BitConverter.Int64BitsToDouble(unchecked((long)0xFFF8_0000_0000_0001));
        Assert.Equal(ContentHash.Of(different[^1]),
            ContentHash.Of(Table.Of(ColumnValues.Of("a", [other], "described")).WithMetadata([new("k", "v")])));
    }

    private static void AssertProblem(string text, Action action) =>
        Assert.Contains(text, Assert.Throws<GrokException>(action).Message, StringComparison.Ordinal);
}
