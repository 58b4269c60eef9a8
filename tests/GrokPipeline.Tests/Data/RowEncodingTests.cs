using GrokPipeline.Data;
using GrokPipeline.Data.Generators;

namespace GrokPipeline.Tests.Data;

public sealed class RowEncodingTests
{
    private static readonly ModularArithmetic s_modular = new(new ModularArithmeticOptions { Modulus = 97 });

    [Fact]
    public void Tokens_are_operand_operation_operand_equals()
    {
        var tokens = RowEncoding.Input("tokens", s_modular.All, s_modular.Facts);
        Assert.Equal(TensorType.Int64([9409, 4]), tokens.Type);
        Assert.Equal([5, 97, 95, 98], tokens.AsSpan<long>().Slice(4 * ((5 * 97) + 95), 4).ToArray());
        Assert.Equal(99, RowEncoding.Vocabulary("tokens", s_modular.Facts));
    }

    [Fact]
    public void Operands_and_targets_are_the_columns_themselves()
    {
        var operands = RowEncoding.Input("operands", s_modular.All, s_modular.Facts);
        var target = RowEncoding.Target(s_modular.All, s_modular.Facts);
        Assert.Equal([5, 95], operands.AsSpan<long>().Slice(2 * ((5 * 97) + 95), 2).ToArray());
        Assert.Equal(3, target.AsSpan<long>()[(5 * 97) + 95]);
    }

    [Fact]
    public void Features_are_copied_row_by_row_in_the_order_asked_for()
    {
        var tables = DatasetBuilder.Build(Specs.Gaussian());
        var (train, facts) = (tables.Splits["train"], tables.Facts);
        var (input, target) = (new Tensor(TensorType.Float32([3, 117])), new Tensor(TensorType.Int64([3])));
        RowEncoding.Input("features", train, facts, [7, 399, 7], input);
        RowEncoding.Target(train, facts, [7, 399, 7], target);
        Assert.Equal(train.Vector("x").Slice(399 * 117, 117).ToArray(), input.AsSpan<float>().Slice(117, 117).ToArray());
        Assert.Equal(input.AsSpan<float>()[..117].ToArray(), input.AsSpan<float>()[234..].ToArray());
        Assert.Equal([train.Int64("label")[7], train.Int64("label")[399], train.Int64("label")[7]], target.AsSpan<long>().ToArray());
    }

    [Fact]
    public void Writing_into_a_tensor_allocates_nothing()
    {
        int[] rows = [.. Enumerable.Range(0, 512)];
        var (tokens, target) = (new Tensor(TensorType.Int64([512, 4])), new Tensor(TensorType.Int64([512])));
        for (var i = 0; i < 3; i++) { Write(); }
        var before = GC.GetAllocatedBytesForCurrentThread();
        Write();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Write()
        {
            RowEncoding.Input("tokens", s_modular.All, s_modular.Facts, rows, tokens);
            RowEncoding.Target(s_modular.All, s_modular.Facts, rows, target);
        }
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        var (all, facts) = (s_modular.All, s_modular.Facts);
        AssertProblem("rows are Operands", () => RowEncoding.Input("features", all, facts));
        AssertProblem("no input named 'token'", () => RowEncoding.Input("token", all, facts));
        AssertProblem("has no rows", () => RowEncoding.Input("tokens", all.Select([]), facts));
        AssertProblem("column 'label'", () => RowEncoding.Target(all, facts with { Target = "label" }));
        AssertProblem("expected to be 0 to 6", () => RowEncoding.Target(all, facts with { Classes = 7 }));
        AssertProblem("a tensor of Int64[3] was given",
            () => RowEncoding.Input("tokens", all, facts, [0, 1], new Tensor(TensorType.Int64([3]))));
    }

    private static void AssertProblem(string text, Action action) =>
        Assert.Contains(text, Assert.Throws<GrokException>(action).Message, StringComparison.Ordinal);
}
