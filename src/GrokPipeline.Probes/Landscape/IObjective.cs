namespace GrokPipeline.Probes.Landscape;

/// <summary>A function of all parameters as one vector. Points and directions are in single precision, as the engine has them.</summary>
internal interface IObjective
{
    /// <summary>How many parameters.</summary>
    int Size { get; }

    /// <summary>The value at a point, and its gradient.</summary>
    double Gradient(ReadOnlySpan<float> point, Span<float> gradient);

    /// <summary>The second derivative at a point times a direction.</summary>
    void HessianTimes(ReadOnlySpan<float> point, ReadOnlySpan<float> direction, Span<float> product);
}
