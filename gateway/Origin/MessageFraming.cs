using System.Globalization;
using System.Net;

namespace Gateway.Origin;

/// <summary>
/// Whether the framing of an upstream response is unambiguous. A response that has no certain end may be cut short or run into the next, and two parties that read it may see two
/// messages (response splitting): it counts as broken and is not repaired.
/// </summary>
internal static class MessageFraming
{
    public static bool IsSound(HttpResponseMessage response)
    {
        // RFC 9112 §6.1: a chunked message of HTTP/1.0 has come through a forwarder that does not know chunked coding.
        if (response.Version == HttpVersion.Version10 && response.Headers.TransferEncodingChunked == true) return false;
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var values)) return true;
        // RFC 9110 §8.6: decimal digits, once. A list, a sign or two lengths are no length.
        if (values.Count != 1) return false;
        foreach (var value in values)
        {
            var digits = value.AsSpan().Trim(" \t");
            if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9') || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
        }

        return true;
    }
}
