using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.Origin;

/// <summary>The part that a 206 carries (RFC 9110 §14.4).</summary>
/// <param name="First">First byte.</param>
/// <param name="Last">Last byte, itself within.</param>
/// <param name="Complete">Length of the whole.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ContentRange(long First, long Last, long Complete)
{
    /// <summary>Parses the field; false also for an unknown complete length (<c>*</c>): a file without a known end is neither cut into slices nor continued.</summary>
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

    /// <summary>The complete length that a 416 tells, as in <c>bytes */1000</c>; null where it tells none.</summary>
    public static long? CompleteOf(string? unsatisfied) =>
        unsatisfied is not null && unsatisfied.StartsWith("bytes */", StringComparison.OrdinalIgnoreCase) && TryNumber(unsatisfied.AsSpan("bytes */".Length).Trim(), out var complete) ? complete : null;

    /// <summary>Length that the body of a response must have; null when no field states it. A part's own range counts before its Content-Length, which may be missing.</summary>
    /// <exception cref="OriginBrokenException">The two contradict each other.</exception>
    public static long? BodyLength(ResponseHead head, long? declared)
    {
        if (head.Status != 206 || !TryParse(head["Content-Range"], out var range)) return declared;
        var length = range.Last - range.First + 1;
        if (declared is { } stated && stated != length) throw new OriginBrokenException(OriginFailure.Protocol, "Content-Length and Content-Range contradict each other.");
        return length;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out long number) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
