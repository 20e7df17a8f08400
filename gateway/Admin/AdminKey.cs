using System.Security.Cryptography;
using System.Text;

namespace Gateway.Admin;

/// <summary>One operator's key, of which only a digest is kept.</summary>
/// <param name="Id">Names the holder in the audit; never the key.</param>
/// <param name="Digest">SHA-256 of the key. Digests have one length, so neither a key's content nor its length shows in the time of a comparison.</param>
internal sealed record AdminKey(string Id, byte[] Digest)
{
    /// <summary>Sixteen characters, even made up by a person, are not guessed in a lifetime at ten tries a minute.</summary>
    public const int MinLength = 16;

    public const int MaxLength = 256;

    public const int MaxIdLength = 32;

    /// <summary>Whether a text can be a key: it travels in a header, so it is printable ASCII without spaces.</summary>
    public static bool IsKey(ReadOnlySpan<char> text) => text.Length is >= MinLength and <= MaxLength && !text.ContainsAnyExceptInRange('!', '~');

    public static AdminKey Of(string id, string key) => new(id, DigestOf(key));

    /// <summary>Reads <c>id:key</c>, or <c>key</c> where no colon is in it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unnamed">Id of a key without one.</param>
    /// <param name="key">What was read.</param>
    public static bool TryParse(string text, string unnamed, out AdminKey key)
    {
        key = null!;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var id = colon < 0 ? unnamed : text[..colon];
        if (id.Length is 0 or > MaxIdLength || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || !IsKey(text.AsSpan(colon + 1))) return false;
        key = Of(id, text[(colon + 1)..]);
        return true;
    }

    public static byte[] DigestOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public override string ToString() => Id;
}
