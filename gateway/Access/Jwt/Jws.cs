using System.Text;
using System.Text.Json;
using Gateway.Json;

namespace Gateway.Access.Jwt;

/// <summary>
/// The signature layer: a compact JWS (RFC 7515 §7.1). The header only ever selects among keys that the operator gave: <c>jwk</c>, <c>jku</c>,
/// <c>x5u</c> and <c>x5c</c> are not looked at, and the algorithm is the key's own.
/// </summary>
internal static class Jws
{
    /// <summary>Kestrel takes 32 KiB of headers; no credential of ours comes near this.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>A token without <c>kid</c> is tried with so many keys.</summary>
    private const int MaxTries = 4;

    public static JwtVerdict Verify(string text, JwkSet keys, out byte[] payload)
    {
        payload = [];
        if (text.Length > MaxLength) return JwtVerdict.Malformed;
        var firstDot = text.IndexOf('.', StringComparison.Ordinal);
        var lastDot = text.LastIndexOf('.');
        if (firstDot <= 0 || lastDot <= firstDot || text.AsSpan(firstDot + 1, lastDot - firstDot - 1).Contains('.')) return JwtVerdict.Malformed;
        if (!StrictBase64Url.TryDecode(text.AsSpan(0, firstDot), out var header)
            || !StrictBase64Url.TryDecode(text.AsSpan(firstDot + 1, lastDot - firstDot - 1), out var content)
            || !StrictBase64Url.TryDecode(text.AsSpan(lastDot + 1), out var signature)) return JwtVerdict.Malformed;

        var verdict = ReadHeader(header, out var algorithm, out var keyId);
        if (verdict != JwtVerdict.Valid) return verdict;
        var signed = Encoding.ASCII.GetBytes(text, 0, lastDot);
        var tries = 0;
        foreach (var key in keys.Candidates(keyId, algorithm))
        {
            if (key.Verifies(signed, signature))
            {
                payload = content;
                return JwtVerdict.Valid;
            }

            if (++tries == MaxTries) break;
        }

        return tries == 0 ? JwtVerdict.UnknownKey : JwtVerdict.BadSignature;
    }

    /// <summary>The claims of a payload whose signature is good, or null.</summary>
    public static JsonDocument? ParseObject(ReadOnlyMemory<byte> json)
    {
        if (!StrictJson.TryParse(json, out var document)) return null;
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        return null;
    }

    private static JwtVerdict ReadHeader(byte[] json, out JwtAlgorithm algorithm, out string? keyId)
    {
        algorithm = default;
        keyId = null;
        using var document = ParseObject(json);
        if (document is null) return JwtVerdict.Malformed;
        var header = document.RootElement;
        // "enc" makes it a JWE; "crit" lists what must be understood (RFC 7515 §4.1.11), and we understand no extension.
        if (header.TryGetProperty("crit", out _) || header.TryGetProperty("enc", out _) || header.TryGetProperty("b64", out _)) return JwtVerdict.AlgorithmRefused;
        if (header.TryGetProperty("kid", out var kid))
        {
            if (!TryText(kid, out keyId)) return JwtVerdict.Malformed;
        }

        if (!header.TryGetProperty("alg", out var alg) || alg.ValueKind != JsonValueKind.String) return JwtVerdict.Malformed;
        if (alg.ValueEquals("HS256")) algorithm = JwtAlgorithm.HS256;
        else if (alg.ValueEquals("RS256")) algorithm = JwtAlgorithm.RS256;
        else if (alg.ValueEquals("ES256")) algorithm = JwtAlgorithm.ES256;
        else return JwtVerdict.AlgorithmRefused;
        return JwtVerdict.Valid;
    }

    internal static bool TryText(JsonElement element, out string? text)
    {
        text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        return text is not null;
    }
}
