using System.Globalization;

namespace Gateway.Manifests.Hls;

/// <summary>
/// The delivery directives in a playlist URL's query (draft-pantos-hls-rfc8216bis §6.2.5): <c>_HLS_msn</c> and <c>_HLS_part</c> ask the
/// server to hold the answer back until that segment or part is listed, <c>_HLS_skip</c> asks for the difference only.
/// </summary>
/// <param name="IsBlocking">The answer is held back until something appears.</param>
/// <param name="IsValid">False for a part without a segment, and for what is no number: 400 by the draft.</param>
/// <param name="BareQuery">The query without directives: what names the playlist itself.</param>
internal readonly record struct DeliveryDirectives(bool IsBlocking, bool IsValid, string BareQuery)
{
    private const string Prefix = "_HLS_";

    /// <param name="query">Empty, or a question mark and parameters.</param>
    public static DeliveryDirectives Of(string query)
    {
        if (!query.Contains(Prefix, StringComparison.Ordinal)) return new DeliveryDirectives(false, true, query);
        var bare = new List<string>();
        var (segment, part, valid) = (false, false, true);
        foreach (var range in query.AsSpan(1).Split('&'))
        {
            var parameter = query.AsSpan(1)[range];
            if (parameter.StartsWith("_HLS_msn=", StringComparison.Ordinal))
            {
                segment = true;
                valid &= IsNumber(parameter[9..]);
            }
            else if (parameter.StartsWith("_HLS_part=", StringComparison.Ordinal))
            {
                part = true;
                valid &= IsNumber(parameter[10..]);
            }
            else if (!parameter.StartsWith("_HLS_skip=", StringComparison.Ordinal))
            {
                bare.Add(parameter.ToString());
            }
        }

        return new DeliveryDirectives(segment, valid && (segment || !part), bare.Count == 0 ? string.Empty : $"?{string.Join('&', bare)}");
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
