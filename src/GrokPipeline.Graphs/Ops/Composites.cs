namespace GrokPipeline.Graphs.Ops;

/// <summary>Functions that are compositions of operators and of use everywhere.</summary>
public static class Composites
{
    extension(Value x)
    {
        /// <summary>x², element by element.</summary>
        public Value Square() => x * x;

        /// <summary>The Gaussian error linear unit, <c>x·Φ(x)</c>, with the exact Φ (Hendrycks and Gimpel 2016).</summary>
        public Value Gelu() => x * ((x * Math.Sqrt(0.5)).Erf() + 1) * 0.5;

        /// <summary>Zeros of the value's type, unconnected to it.</summary>
        public Value ZerosLike() => Value.Of(new Fill(0, x.Type));
    }
}
