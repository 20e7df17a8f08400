using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.Caching;

/// <summary>The part that a 206 carries (RFC 9110 §14.4).</summary>
/// <param name="First">First byte.</param>
/// <param name="Last">Last byte, itself within.</param>
/// <param name="Complete">Length of the whole.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ContentRange(long First, long Last, long Complete)
{
    /// <summary>False also for an unknown complete length (<c>*</c>): a file whose end nobody knows is not cut into slices.</summary>
    public static bool TryParse(string? value, out ContentRange range)
    {
        range = default;
        if (value is null || !value.StartsWith("bytes ", StringComparison.OrdinalIgnoreCase)) return false;
        var text = value.AsSpan(6).Trim();
        var dash = text.IndexOf('-');
        var slash = text.IndexOf('/');
        if (dash < 0 || slash < dash) return false;
        if (!TryNumber(text[..dash], out var first) || !TryNumber(text[(dash + 1)..slash], out var last) || !TryNumber(text[(slash + 1)..], out var complete))
            return false;
        range = new ContentRange(first, last, complete);
        return first <= last && last < complete;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out long number) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
