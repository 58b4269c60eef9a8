using System.Collections.Immutable;

namespace GrokPipeline.Data.Generators;

/// <summary>
/// Draws digits: each has a few forms made of strokes, whose points are moved at random; then rotation, shear, scale and shift, a random
/// thickness, and noise. An image is a function of the options and its number.
/// </summary>
internal static class DrawnDigits
{
    // Strokes as points x, y in the unit square, y downwards; strokes of a form are divided by ';', forms of a digit by '|'.
    private static readonly ImmutableArray<string> s_forms =
    [
        ".5,.1 .3,.2 .25,.5 .3,.8 .5,.9 .7,.8 .75,.5 .7,.2 .5,.1|.5,.15 .2,.3 .15,.5 .2,.7 .5,.85 .8,.7 .85,.5 .8,.3 .5,.15",
        ".5,.1 .5,.9|.35,.25 .5,.1 .5,.9|.35,.25 .5,.1 .5,.9;.3,.9 .7,.9",
        ".25,.3 .35,.13 .6,.1 .73,.28 .65,.5 .25,.9 .75,.9|.25,.25 .5,.1 .72,.25 .6,.5 .3,.75 .28,.9 .45,.82 .78,.88",
        ".28,.15 .55,.1 .7,.27 .5,.47 .72,.68 .55,.9 .27,.85|.28,.12 .7,.12 .48,.42 .72,.65 .6,.88 .28,.86",
        ".6,.9 .6,.1 .22,.62 .8,.62|.3,.12 .26,.52 .72,.52;.7,.12 .66,.9",
        ".72,.12 .32,.12 .28,.48 .55,.42 .73,.63 .6,.87 .27,.85|.7,.12 .35,.12 .32,.45 .6,.45 .72,.7 .45,.9 .27,.82",
        ".65,.12 .4,.3 .28,.62 .4,.88 .63,.85 .7,.65 .55,.52 .3,.62|.55,.1 .35,.4 .3,.7 .5,.9 .7,.72 .5,.55 .32,.68",
        ".25,.12 .75,.12 .45,.9|.25,.12 .75,.12 .45,.9;.35,.5 .68,.5",
        ".5,.48 .3,.3 .5,.1 .7,.3 .5,.48 .27,.7 .5,.9 .73,.7 .5,.48|.68,.18 .4,.14 .34,.33 .66,.62 .62,.85 .38,.86 .34,.65 .68,.18",
        ".7,.35 .5,.48 .32,.32 .45,.12 .65,.14 .7,.35 .62,.9|.68,.3 .45,.45 .35,.25 .55,.1 .7,.28 .68,.6 .45,.9 .3,.82",
    ];

    private static readonly ImmutableArray<double[][][]> s_parsed = [.. s_forms.Select(digit => digit.Split('|').Select(Strokes).ToArray())];

    /// <summary>The digit of each image: 0 to 9 in turn, so that all are equally frequent.</summary>
    internal static long[] Labels(DigitsOptions options) =>
        [.. new[] { options.TrainRows, options.TestRows }.SelectMany(rows => Enumerable.Range(0, rows).Select(row => row % 10L))];

    /// <summary>The images, those for training first: row-major, shape [images, size × size], 0 (paper) to 1 (ink).</summary>
    internal static float[] Images(DigitsOptions options)
    {
        var (size, rows) = (options.Size, options.TrainRows + options.TestRows);
        var (pixels, seed) = (new float[rows * size * size], new Seed(options.DrawSeed));
        Parallel.For(0, rows, row =>
        {
            // A name of its own for each image: more images for training change none for testing.
            var (part, number) = row < options.TrainRows ? ("train", row) : ("test", row - options.TrainRows);
            var stream = seed.Derive($"digits/{part}/{number}").Stream();
            Draw(number % 10, options, stream, pixels.AsSpan(row * size * size, size * size));
        });
        return pixels;
    }

    private static void Draw(int digit, DigitsOptions options, RandomStream stream, Span<float> image)
    {
        var (forms, size) = (s_parsed[digit], options.Size);
        var strokes = Distorted(forms[stream.NextBelow(forms.Length)], options.Distortion, stream);
        var thickness = 0.045 + (options.Distortion * 0.025 * (stream.NextUniform() - 0.3));
        for (var i = 0; i < image.Length; i++)
        {
            var (x, y) = (((i % size) + 0.5) / size, ((i / size) + 0.5) / size);
            var distance = double.PositiveInfinity;
            foreach (var stroke in strokes)
            {
                for (var point = 2; point < stroke.Length; point += 2)
                {
                    distance = Math.Min(distance, ToSegment(x, y, stroke.AsSpan(point - 2, 4)));
                }
            }
            // Full ink within the thickness, none a pixel and a half outside it.
            var ink = Math.Clamp(1 - ((Math.Sqrt(distance) - thickness) * size / 1.5), 0, 1);
            image[i] = (float)Math.Clamp(ink + (options.Noise * stream.NextNormal()), 0, 1);
        }
    }

    // Points moved one by one, then rotated by up to 15 degrees (half that on average), sheared, scaled and shifted as a whole.
    private static double[][] Distorted(double[][] strokes, double amount, RandomStream stream)
    {
        double Either(double most) => most * amount * ((2 * stream.NextUniform()) - 1);
        var (turn, shear) = (Either(15.0 / 360), Either(0.2));
        var (width, height) = ((1 + Either(0.15)) * 0.8, (1 + Either(0.15)) * 0.8);
        var (right, down) = (Either(0.07), Either(0.07));
        var (cos, sin) = (PortableMath.CosTurns(turn), PortableMath.SinTurns(turn));
        var moved = Array.ConvertAll(strokes, stroke => new double[stroke.Length]);
        for (var s = 0; s < strokes.Length; s++)
        {
            for (var i = 0; i < strokes[s].Length; i += 2)
            {
                var (y, x) = ((strokes[s][i + 1] - 0.5 + Either(0.04)) * height, (strokes[s][i] - 0.5 + Either(0.04)) * width);
                x -= shear * y;
                moved[s][i] = 0.5 + right + (cos * x) - (sin * y);
                moved[s][i + 1] = 0.5 + down + (sin * x) + (cos * y);
            }
        }
        return moved;
    }

    // The squared distance of a point from a segment x₀, y₀, x₁, y₁.
    private static double ToSegment(double x, double y, ReadOnlySpan<double> segment)
    {
        var (dx, dy) = (segment[2] - segment[0], segment[3] - segment[1]);
        var (px, py) = (x - segment[0], y - segment[1]);
        var length = (dx * dx) + (dy * dy);
        var along = length > 0 ? Math.Clamp(((px * dx) + (py * dy)) / length, 0, 1) : 0;
        var (ex, ey) = (px - (along * dx), py - (along * dy));
        return (ex * ex) + (ey * ey);
    }

    private static double[][] Strokes(string form) => [.. form.Split(';').Select(stroke => stroke.Split(' ', ',')
        .Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
}
