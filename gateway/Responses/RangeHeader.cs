using System.Globalization;
using Gateway.Media;

namespace Gateway.Responses;

/// <summary>Reads a Range header of one byte range (RFC 9110 §14.2) and fits it to a length. Several ranges, and values that are no range, are ignored, as a server may.</summary>
internal static class RangeHeader
{
    /// <summary>Resolves the range against the length of the whole.</summary>
    /// <param name="value">The header's value.</param>
    /// <param name="length">Bytes of the whole.</param>
    /// <param name="part">The bytes to send, for <see cref="RangeVerdict.Part"/>.</param>
    public static RangeVerdict Resolve(ReadOnlySpan<char> value, long length, out ByteRange part)
    {
        part = default;
        if (!TrySplit(value, out var first, out var last)) return RangeVerdict.Whole;
        if (first < 0)
        {
            // A suffix means the last n bytes; more than there are means all of them.
            if (last == 0 || length == 0) return RangeVerdict.Unsatisfiable;
            var count = Math.Min(last, length);
            part = new ByteRange(length - count, count);
            return RangeVerdict.Part;
        }

        if (first >= length) return RangeVerdict.Unsatisfiable;
        part = new ByteRange(first, Math.Min(last, length - 1) - first + 1);
        return RangeVerdict.Part;
    }

    /// <summary>Reads the range as it stands, for upstream, when the length is not known yet. False for suffixes too: they have no offset without a length.</summary>
    public static bool TryRead(ReadOnlySpan<char> value, out ByteRange range)
    {
        range = default;
        if (!TrySplit(value, out var first, out var last) || first < 0) return false;
        range = new ByteRange(first, last == long.MaxValue ? ByteRange.ToEnd : last - first + 1);
        return true;
    }

    /// <summary>Gives first = -1 and last = count for a suffix, last = <see cref="long.MaxValue"/> for an open end.</summary>
    private static bool TrySplit(ReadOnlySpan<char> value, out long first, out long last)
    {
        first = last = -1;
        value = value.Trim();
        if (!value.StartsWith("bytes", StringComparison.OrdinalIgnoreCase)) return false;
        value = value[5..].TrimStart();
        if (value is not ['=', ..]) return false;
        value = value[1..].Trim();
        var dash = value.IndexOf('-');
        if (dash < 0 || value.Contains(',')) return false;
        var from = value[..dash].TrimEnd();
        var to = value[(dash + 1)..].TrimStart();
        if (from.IsEmpty) return TryNumber(to, out last);
        if (!TryNumber(from, out first)) return false;
        if (to.IsEmpty)
        {
            last = long.MaxValue;
            return true;
        }

        return TryNumber(to, out last) && last >= first;
    }

    /// <summary>Digits only. Numbers too large to hold are "as far as there is" (RFC 8673 clients send 9007199254740991 and more).</summary>
    private static bool TryNumber(ReadOnlySpan<char> digits, out long number)
    {
        number = 0;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return false;
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number)) number = long.MaxValue;
        return true;
    }
}
