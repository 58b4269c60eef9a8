using GrokPipeline.Testing;

namespace GrokPipeline.Tests.Testing;

public sealed class PublicApiTests
{
    [Fact]
    public void The_text_shows_what_a_caller_can_see() => Assert.Equal(
        """
        namespace GrokPipeline.Tests.Testing
        sealed record PublicApiTests.Circle : PublicApiTests.Shape
            double Radius { get; init; }
            new(double Radius)
            override double Area()
            required string Name { get; init; }
        abstract record PublicApiTests.Shape
            abstract double Area()
            protected new()

        """.ReplaceLineEndings("\n"),
        PublicApi.Of([typeof(Shape), typeof(Circle)]));

    public abstract record Shape
    {
        public abstract double Area();
    }

    public sealed record Circle(double Radius) : Shape
    {
        public required string Name { get; init; }

        public override double Area() => Radius * Radius * double.Pi;

        internal int Hidden { get; }
    }
}
