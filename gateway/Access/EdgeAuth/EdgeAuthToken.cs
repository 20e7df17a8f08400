using System.Globalization;

namespace Gateway.Access.EdgeAuth;

/// <summary>The fields of a token, as they stand in it.</summary>
/// <param name="Signed">What the HMAC is made over: everything before it.</param>
/// <param name="Hmac">In hex.</param>
internal sealed record EdgeAuthToken(string Signed, string Hmac)
{
    public const int MaxLength = 4096;

    /// <summary>Seconds since 1970.</summary>
    public long Expiry { get; private set; } = -1;

    /// <summary>Seconds since 1970; 0 without the field.</summary>
    public long Start { get; private set; }

    public string? Address { get; private set; }

    public string? Acl { get; private set; }

    public string? Id { get; private set; }

    public static bool TryRead(string text, out EdgeAuthToken token)
    {
        token = null!;
        const string hmacField = "~hmac=";
        var at = text.LastIndexOf(hmacField, StringComparison.Ordinal);
        if (text.Length > MaxLength || at <= 0) return false;
        token = new EdgeAuthToken(text[..at], text[(at + hmacField.Length)..]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in token.Signed.Split('~'))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !seen.Add(field[..equals]) || !token.TrySet(field[..equals], field[(equals + 1)..])) return false;
        }

        return token.Expiry >= 0;
    }

    private bool TrySet(string name, string value)
    {
        switch (name)
        {
            case "exp":
                Expiry = Time(value);
                return Expiry >= 0;
            case "st":
                Start = Time(value);
                return Start >= 0;
            case "ip":
                Address = value;
                return value.Length > 0;
            case "acl":
                Acl = value;
                return value.Length > 0;
            case "id":
                Id = value;
                return true;
            // "data" is for the origin; what newer issuers add is covered by the signature.
            default:
                return name is not "hmac";
        }
    }

    private static long Time(string value) =>
        value.Length <= 12 && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : -1;
}
