using System.Text.Json;

namespace Gateway.Access.Jwt;

/// <summary>The claims that matter to the gateway, read from a payload whose signature is good.</summary>
internal sealed record JwtClaims
{
    private const int MaxGlobs = 64;
    private const int MaxTextLength = 512;

    public string? Issuer { get; private init; }

    public string? Subject { get; private init; }

    /// <summary>Claim <c>jti</c>.</summary>
    public string? Id { get; private init; }

    public IReadOnlyList<string> Audiences { get; private init; } = [];

    /// <summary>Seconds since 1970.</summary>
    public double Expiry { get; private init; }

    public double? NotBefore { get; private init; }

    public double? IssuedAt { get; private init; }

    /// <summary>Claim <c>media</c>; null when absent, which grants everything, while an empty list grants nothing.</summary>
    public IReadOnlyList<string>? Media { get; private init; }

    /// <summary>Claim <c>max_streams</c>; 0 = no limit.</summary>
    public int MaxStreams { get; private init; }

    /// <summary>Claim <c>max_kbps</c>; 0 = no limit.</summary>
    public int MaxKbps { get; private init; }

    /// <returns>Null when a claim has the wrong type or <c>exp</c> is missing.</returns>
    public static JwtClaims? Read(JsonElement payload)
    {
        var well = true;
        var claims = new JwtClaims
        {
            Issuer = Text(payload, "iss", ref well),
            Subject = Text(payload, "sub", ref well),
            Id = Text(payload, "jti", ref well),
            Audiences = Texts(payload, "aud", ref well) ?? [],
            Expiry = Number(payload, "exp", ref well) ?? double.NaN,
            NotBefore = Number(payload, "nbf", ref well),
            IssuedAt = Number(payload, "iat", ref well),
            Media = Texts(payload, "media", ref well),
            MaxStreams = Limit(payload, "max_streams", ref well),
            MaxKbps = Limit(payload, "max_kbps", ref well),
        };
        return well && !double.IsNaN(claims.Expiry) ? claims : null;
    }

    private static string? Text(JsonElement payload, string name, ref bool well)
    {
        if (!payload.TryGetProperty(name, out var value)) return null;
        well &= Jws.TryText(value, out var text) && text!.Length <= MaxTextLength;
        return text;
    }

    // RFC 7519 §4.1.3: one audience may stand without an array. We read "media" alike.
    private static List<string>? Texts(JsonElement payload, string name, ref bool well)
    {
        if (!payload.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.String) return Text(payload, name, ref well) is { } one ? [one] : [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxGlobs)
        {
            well = false;
            return [];
        }

        var texts = new List<string>(value.GetArrayLength());
        foreach (var entry in value.EnumerateArray())
        {
            if (Jws.TryText(entry, out var text) && text!.Length <= MaxTextLength) texts.Add(text);
            else well = false;
        }

        return texts;
    }

    private static double? Number(JsonElement payload, string name, ref bool well)
    {
        if (!payload.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)) return number;
        well = false;
        return null;
    }

    // Zero would mean "no limit" inside, and "nothing" to who wrote it. It is refused instead of guessed.
    private static int Limit(JsonElement payload, string name, ref bool well)
    {
        if (!payload.TryGetProperty(name, out var value)) return 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0) return number;
        well = false;
        return 0;
    }
}
