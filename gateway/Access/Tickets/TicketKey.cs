using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Access.Tickets;

/// <summary>One secret of the ring.</summary>
/// <param name="Id">Stands in every ticket signed with it; ASCII letters, digits, <c>-</c> and <c>_</c>.</param>
/// <param name="Secret">At least <see cref="MinSecretBytes"/> bytes.</param>
internal sealed record TicketKey(string Id, byte[] Secret)
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>As long as the hash (RFC 2104 §3, RFC 7518 §3.2).</summary>
    public const int MinSecretBytes = 32;

    public const int MaxIdLength = 16;

    /// <summary>The id as it stands in a ticket.</summary>
    public byte[] IdBytes { get; } = Encoding.ASCII.GetBytes(Id);

    /// <summary>
    /// Reads <c>id:secret</c> or <c>secret</c>, the secret in hex or base64 (either alphabet). Without an id one is derived from the secret,
    /// so that all gateways with the same secret agree on it.
    /// </summary>
    public static bool TryParse(string text, out TicketKey key)
    {
        key = null!;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (!TryReadSecret(text.AsSpan(colon + 1).Trim(), out var secret) || secret.Length < MinSecretBytes) return false;
        var id = colon < 0 ? DerivedId(secret) : text[..colon].Trim();
        if (id.Length is 0 or > MaxIdLength || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return false;
        key = new TicketKey(id, secret);
        return true;
    }

    /// <summary>Keeps the secret out of logs and debuggers' tool tips.</summary>
    public override string ToString() => Id;

    // A base64 secret that happens to consist of an even number of hex digits only is read as hex: it needs 43 or more characters, all
    // from 22 of 64, which no random secret has.
    private static bool TryReadSecret(ReadOnlySpan<char> text, out byte[] secret)
    {
        secret = [];
        try
        {
            secret = text.Length % 2 == 0 && !text.ContainsAnyExcept(HexDigits)
                ? Convert.FromHexString(text)
                : Base64Url.DecodeFromChars(text.TrimEnd('=').ToString().Replace('+', '-').Replace('/', '_'));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string DerivedId(byte[] secret) => Convert.ToHexStringLower(SHA256.HashData(secret).AsSpan(0, 2));
}
