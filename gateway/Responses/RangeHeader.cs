using System.Globalization;
using System.Runtime.InteropServices;
using Gateway.Media;
using Microsoft.Extensions.Primitives;

namespace Gateway.Responses;

/// <summary>
/// A Range header of one byte range (RFC 9110 §14.2), read once per request. Several ranges, and what is no range, are ignored, as a server may.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct RangeHeader
{
    private readonly bool _isRange;

    /// <summary>First byte; -1 for a suffix.</summary>
    private readonly long _first;

    /// <summary>Last byte, itself within; <see cref="long.MaxValue"/> for an open end; the count for a suffix.</summary>
    private readonly long _last;

    private RangeHeader(string value)
    {
        IsPresent = true;
        _isRange = TrySplit(value, out _first, out _last);
    }

    /// <summary>Whether the client sent the header, readable or not; false for several lines of it, which are ignored.</summary>
    public bool IsPresent { get; }

    /// <summary>The range as it stands, for upstream, while the length is not known. Null for suffixes too: they have no place without a length.</summary>
    public ByteRange? AsAsked => _isRange && _first >= 0 ? new ByteRange(_first, _last == long.MaxValue ? ByteRange.ToEnd : _last - _first + 1) : null;

    public static RangeHeader Read(in StringValues header) => header is [{ } value] ? new RangeHeader(value) : default;

    /// <summary>Resolves against the length of the whole.</summary>
    /// <param name="length">Bytes of the whole.</param>
    /// <param name="part">The bytes to send, for <see cref="RangeVerdict.Part"/>.</param>
    public RangeVerdict Resolve(long length, out ByteRange part)
    {
        part = default;
        if (!_isRange) return RangeVerdict.Whole;
        if (_first < 0)
        {
            // A suffix means the last n bytes; more than there are means all of them.
            if (_last == 0 || length == 0) return RangeVerdict.Unsatisfiable;
            var count = Math.Min(_last, length);
            part = new ByteRange(length - count, count);
            return RangeVerdict.Part;
        }

        if (_first >= length) return RangeVerdict.Unsatisfiable;
        part = new ByteRange(_first, Math.Min(_last, length - 1) - _first + 1);
        return RangeVerdict.Part;
    }

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
