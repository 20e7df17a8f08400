using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gateway.Access.Jwt;

namespace Gateway.Access.Tickets;

/// <summary>
/// Short signed tokens that are good for one purpose, one subject and a time. They need no store, so any node that has the ticket keys takes them. None is a ticket, none of another purpose is
/// one of this, and no ticket is one: each purpose signs with a key of its own, derived from the ticket key (RFC 5869).
/// </summary>
/// <remarks>Thread-safe. Its form: base64url of version (1 byte), expiry in Unix seconds (8, big endian), SHA-256 of the subject (first 16), HMAC-SHA256 (first 16).</remarks>
/// <param name="ring">The ticket keys; the first signs, all are accepted.</param>
/// <param name="time">Of expiries.</param>
/// <param name="purpose">Says what the tokens are for; no two kinds of token have the same.</param>
internal sealed class PurposeToken(TicketKeyRing ring, TimeProvider time, string purpose)
{
    private const byte Version = 1;
    private const int DigestBytes = 16;
    private const int MacBytes = 16;
    private const int SignedBytes = 1 + sizeof(long) + DigestBytes;

    /// <summary>Base64url of all bytes, without padding.</summary>
    private const int TextLength = 55;

    private readonly byte[] _purpose = Encoding.ASCII.GetBytes(purpose);

    /// <summary>A token, and when it expires (whole seconds).</summary>
    public (string Text, DateTimeOffset ExpiresAt) Issue(string subject, TimeSpan lifetime)
    {
        Span<byte> bytes = stackalloc byte[SignedBytes + MacBytes];
        var expires = (time.GetUtcNow() + lifetime).ToUnixTimeSeconds();
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], expires);
        DigestOf(subject, bytes[(1 + sizeof(long))..SignedBytes]);
        Sign(ring.Signing, bytes[..SignedBytes], bytes[SignedBytes..]);
        return (Base64Url.EncodeToString(bytes), DateTimeOffset.FromUnixTimeSeconds(expires));
    }

    /// <summary>Whether a token is good for a subject: <see cref="AccessDenial.None"/>, or why not.</summary>
    /// <param name="text">What the caller shows; empty for nothing.</param>
    /// <param name="subject">What it has to be about.</param>
    public AccessDenial Check(ReadOnlySpan<char> text, string subject)
    {
        if (text.IsEmpty) return AccessDenial.CredentialMissing;
        if (text.Length != TextLength || !StrictBase64Url.TryDecode(text, out var bytes) || bytes.Length != SignedBytes + MacBytes || bytes[0] != Version) return AccessDenial.CredentialMalformed;
        if (!IsSigned(bytes)) return AccessDenial.CredentialSignature;
        if (BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1)) <= time.GetUtcNow().ToUnixTimeSeconds()) return AccessDenial.CredentialExpired;
        Span<byte> digest = stackalloc byte[DigestBytes];
        DigestOf(subject, digest);
        return CryptographicOperations.FixedTimeEquals(digest, bytes.AsSpan((1 + sizeof(long))..SignedBytes)) ? AccessDenial.None : AccessDenial.MediaNotGranted;
    }

    /// <summary>By any key of the ring: after a rotation the tokens under way stay good.</summary>
    private bool IsSigned(ReadOnlySpan<byte> bytes)
    {
        Span<byte> mac = stackalloc byte[MacBytes];
        foreach (var key in ring.Keys)
        {
            Sign(key, bytes[..SignedBytes], mac);
            if (CryptographicOperations.FixedTimeEquals(mac, bytes[SignedBytes..])) return true;
        }

        return false;
    }

    private static void DigestOf(string subject, Span<byte> digest)
    {
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(subject), whole);
        whole[..DigestBytes].CopyTo(digest);
    }

    private void Sign(TicketKey key, ReadOnlySpan<byte> signed, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> derived = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Secret, derived, salt: [], info: _purpose);
        HMACSHA256.HashData(derived, signed, whole);
        CryptographicOperations.ZeroMemory(derived);
        whole[..MacBytes].CopyTo(mac);
    }
}
