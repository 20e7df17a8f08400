using System.Globalization;

namespace TranscoderStub.LowLatency;

/// <summary>The delivery directives of a playlist request (RFC 8216bis §6.2.5), as written.</summary>
/// <param name="Segment"><c>_HLS_msn</c>; null: no blocking is asked for.</param>
/// <param name="Part"><c>_HLS_part</c>; null: the whole segment.</param>
/// <param name="Skip"><c>_HLS_skip</c> with a value that the draft knows.</param>
internal readonly record struct DeliveryDirectives(long? Segment, int? Part, bool Skip)
{
    public bool Blocks => Segment is not null;

    /// <summary>False: the directives are malformed, or a part is asked for without its segment, which MUST be refused.</summary>
    public static bool TryRead(IQueryCollection query, out DeliveryDirectives directives)
    {
        directives = default;
        long? segment = null;
        int? part = null;
        if (query.TryGetValue("_HLS_msn", out var msn))
        {
            if (!long.TryParse(msn, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            segment = number;
        }

        if (query.TryGetValue("_HLS_part", out var index))
        {
            if (segment is null || !int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            part = number;
        }

        // There are no date ranges here, so YES and v2 (skip those, too) come to the same.
        directives = new DeliveryDirectives(segment, part, query["_HLS_skip"].ToString() is "YES" or "v2");
        return true;
    }
}
