using System.Globalization;

namespace GrokPipeline.Reports.Drawing;

/// <summary>
/// The sequential palette cividis (Nuñez et al. 2018), from dark blue to yellow: its lightness rises evenly, for colour-blind readers too.
/// </summary>
internal static class Ramp
{
    private static readonly (int R, int G, int B)[] _anchors =
    [
        (0x00, 0x22, 0x4e), (0x2a, 0x3f, 0x6d), (0x57, 0x5d, 0x6d), (0x7d, 0x7c, 0x78), (0xa6, 0x9d, 0x75), (0xd3, 0xc1, 0x64),
        (0xfe, 0xe8, 0x38),
    ];

    /// <summary>The colour at a position in [0, 1], as <c>#rrggbb</c>.</summary>
    public static string At(double position)
    {
        var (r, g, b) = Mix(position);
        return string.Create(CultureInfo.InvariantCulture, $"#{r:x2}{g:x2}{b:x2}");
    }

    /// <summary>The class of a text on it: the dark or the light one, whichever has more contrast.</summary>
    public static string TextOn(double position)
    {
        var (r, g, b) = Mix(position);
        var luminance = (0.2126 * Linear(r)) + (0.7152 * Linear(g)) + (0.0722 * Linear(b));
        return luminance > 0.18 ? "on" : "off";
    }

    private static (int R, int G, int B) Mix(double position)
    {
        var at = Math.Clamp(position, 0, 1) * (_anchors.Length - 1);
        var below = Math.Min((int)at, _anchors.Length - 2);
        var (from, to, share) = (_anchors[below], _anchors[below + 1], at - below);
        int Between(int a, int b) => (int)Math.Round(a + ((b - a) * share));
        return (Between(from.R, to.R), Between(from.G, to.G), Between(from.B, to.B));
    }

    // The formula of WCAG 2, whose contrast it is about; squaring is near enough to its power of 2.4 to choose between two inks.
    private static double Linear(int channel) => channel / 255.0 * (channel / 255.0);
}
