namespace GrokPipeline.Data.Expressions;

/// <summary>What an expression or a part of it gives.</summary>
internal enum ResultKind
{
    Number,
    Truth,
}

internal enum Operation
{
    Add, Subtract, Multiply, Divide, Modulo, Less, LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual, And, Or,
}

/// <summary>A part of a parsed expression. Truth is 1 or 0.</summary>
/// <param name="Kind">What it gives.</param>
internal abstract record Node(ResultKind Kind)
{
    /// <summary>The value with ordinary numbers. Only +, −, ×, ÷ and rounding down: the same bits on every machine.</summary>
    public abstract double Evaluate(ReadOnlySpan<double> variables);

    /// <summary>The value modulo a prime, as 0 to p − 1; −1 when it divides by zero.</summary>
    public abstract long Evaluate(ReadOnlySpan<long> variables, PrimeField field);
}

internal sealed record Literal(double Value) : Node(ResultKind.Number)
{
    public override double Evaluate(ReadOnlySpan<double> variables) => Value;

    public override long Evaluate(ReadOnlySpan<long> variables, PrimeField field) => (long)Value % field.Prime;
}

internal sealed record Variable(int Index) : Node(ResultKind.Number)
{
    public override double Evaluate(ReadOnlySpan<double> variables) => variables[Index];

    public override long Evaluate(ReadOnlySpan<long> variables, PrimeField field) => variables[Index];
}

internal sealed record Negative(Node Of) : Node(ResultKind.Number)
{
    public override double Evaluate(ReadOnlySpan<double> variables) => -Of.Evaluate(variables);

    public override long Evaluate(ReadOnlySpan<long> variables, PrimeField field) =>
        Of.Evaluate(variables, field) is var value && value > 0 ? field.Prime - value : value;
}

internal sealed record Not(Node Of) : Node(ResultKind.Truth)
{
    public override double Evaluate(ReadOnlySpan<double> variables) => 1 - Of.Evaluate(variables);

    public override long Evaluate(ReadOnlySpan<long> variables, PrimeField field) =>
        Of.Evaluate(variables, field) is var value && value >= 0 ? 1 - value : value;
}

/// <summary>A power with a whole exponent from 0 to 64, by repeated multiplication; 0⁰ = 1.</summary>
internal sealed record Power(Node Of, int Exponent) : Node(ResultKind.Number)
{
    public override double Evaluate(ReadOnlySpan<double> variables)
    {
        var (value, power) = (Of.Evaluate(variables), 1.0);
        for (var i = 0; i < Exponent; i++) { power *= value; }
        return power;
    }

    public override long Evaluate(ReadOnlySpan<long> variables, PrimeField field)
    {
        var (value, power) = (Of.Evaluate(variables, field), 1 % field.Prime);
        for (var i = 0; i < Exponent && value >= 0; i++) { power = power * value % field.Prime; }
        return value < 0 ? value : power;
    }
}

/// <summary><c>x odd</c>, <c>x even</c>: of the number 0 to p − 1 that stands for a residue.</summary>
internal sealed record Parity(Node Of, bool Odd) : Node(ResultKind.Truth)
{
    public override double Evaluate(ReadOnlySpan<double> variables) =>
        Binary.Modulo(Of.Evaluate(variables), 2) == (Odd ? 1 : 0) ? 1 : 0;

    public override long Evaluate(ReadOnlySpan<long> variables, PrimeField field) =>
        Of.Evaluate(variables, field) is var value && value >= 0 ? (value % 2 == (Odd ? 1 : 0) ? 1 : 0) : value;
}

/// <summary><c>then if condition else otherwise</c>; only the chosen side is looked at.</summary>
internal sealed record Conditional(Node Condition, Node Then, Node Otherwise) : Node(Then.Kind)
{
    public override double Evaluate(ReadOnlySpan<double> variables) =>
        (Condition.Evaluate(variables) != 0 ? Then : Otherwise).Evaluate(variables);

    public override long Evaluate(ReadOnlySpan<long> variables, PrimeField field)
    {
        var value = Condition.Evaluate(variables, field);
        return value < 0 ? value : (value != 0 ? Then : Otherwise).Evaluate(variables, field);
    }
}

internal sealed record Binary(Operation Operation, Node Left, Node Right) : Node(KindOf(Operation))
{
    public static ResultKind KindOf(Operation operation) => operation >= Operation.Less ? ResultKind.Truth : ResultKind.Number;

    public static double Modulo(double value, double divisor) => value - (Math.Abs(divisor) * Math.Floor(value / Math.Abs(divisor)));

    public override double Evaluate(ReadOnlySpan<double> variables)
    {
        var left = Left.Evaluate(variables);
        if (Operation == Operation.And && left == 0) { return 0; }
        if (Operation == Operation.Or && left != 0) { return 1; }
        var right = Right.Evaluate(variables);
        return Operation switch
        {
            Operation.Add => left + right,
            Operation.Subtract => left - right,
            Operation.Multiply => left * right,
            Operation.Divide => left / right,
            Operation.Modulo => Modulo(left, right),
            _ => Compare(left, right) ? 1 : 0,
        };
    }

    public override long Evaluate(ReadOnlySpan<long> variables, PrimeField field)
    {
        var left = Left.Evaluate(variables, field);
        if (left < 0 || (Operation == Operation.And && left == 0) || (Operation == Operation.Or && left == 1)) { return left; }
        var right = Right.Evaluate(variables, field);
        if (right < 0) { return right; }
        return Operation switch
        {
            Operation.Add => (left + right) % field.Prime,
            Operation.Subtract => (left - right + field.Prime) % field.Prime,
            Operation.Multiply => left * right % field.Prime,
            Operation.Divide => right == 0 ? -1 : left * field.Inverse(right) % field.Prime,
            _ => Compare(left, right) ? 1 : 0,
        };
    }

    private bool Compare(double left, double right) => Operation switch
    {
        Operation.Less => left < right,
        Operation.LessOrEqual => left <= right,
        Operation.Greater => left > right,
        Operation.GreaterOrEqual => left >= right,
        Operation.Equal => left == right,
        Operation.NotEqual => left != right,
        _ => right != 0,                                  // and, or: the left side has been decided
    };
}
