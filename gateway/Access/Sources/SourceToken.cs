using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gateway.Access.Jwt;
using Gateway.Access.Tickets;

namespace Gateway.Access.Sources;

/// <summary>
/// The internal key with which the transcoder reads the source of one title, for a time: an expiry and a title's digest, signed. It needs no store, so any node that has the ticket keys
/// takes it. It is no ticket and no ticket is one: it is signed with a key of its own purpose, derived from the ticket key (RFC 5869).
/// </summary>
/// <remarks>Thread-safe. Its form: base64url of version (1 byte), expiry in Unix seconds (8, big endian), SHA-256 of the title's name (first 16), HMAC-SHA256 (first 16).</remarks>
internal sealed class SourceToken(TicketKeyRing ring, TimeProvider time)
{
    private const byte Version = 1;
    private const int DigestBytes = 16;
    private const int MacBytes = 16;
    private const int SignedBytes = 1 + sizeof(long) + DigestBytes;

    /// <summary>Longest text that is looked at.</summary>
    private const int TextLength = 55;

    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("gateway source key 1");

    /// <summary>A key for one title.</summary>
    /// <param name="mediaId">The title's name.</param>
    /// <param name="lifetime">How long it is good.</param>
    public string Issue(string mediaId, TimeSpan lifetime)
    {
        Span<byte> bytes = stackalloc byte[SignedBytes + MacBytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], (time.GetUtcNow() + lifetime).ToUnixTimeSeconds());
        DigestOf(mediaId, bytes[(1 + sizeof(long))..SignedBytes]);
        Sign(ring.Signing, bytes[..SignedBytes], bytes[SignedBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Whether a key opens a title: <see cref="AccessDenial.None"/>, or why not.</summary>
    /// <param name="text">What the caller shows; empty for nothing.</param>
    /// <param name="mediaId">The title's name.</param>
    public AccessDenial Check(ReadOnlySpan<char> text, string mediaId)
    {
        if (text.IsEmpty) return AccessDenial.CredentialMissing;
        if (text.Length != TextLength || !StrictBase64Url.TryDecode(text, out var bytes) || bytes.Length != SignedBytes + MacBytes || bytes[0] != Version) return AccessDenial.CredentialMalformed;
        if (!IsSigned(bytes)) return AccessDenial.CredentialSignature;
        if (BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1)) <= time.GetUtcNow().ToUnixTimeSeconds()) return AccessDenial.CredentialExpired;
        Span<byte> digest = stackalloc byte[DigestBytes];
        DigestOf(mediaId, digest);
        return CryptographicOperations.FixedTimeEquals(digest, bytes.AsSpan((1 + sizeof(long))..SignedBytes)) ? AccessDenial.None : AccessDenial.MediaNotGranted;
    }

    /// <summary>By any key of the ring: after a rotation the keys under way stay good.</summary>
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

    private static void DigestOf(string mediaId, Span<byte> digest)
    {
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(mediaId), whole);
        whole[..DigestBytes].CopyTo(digest);
    }

    private static void Sign(TicketKey key, ReadOnlySpan<byte> signed, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> derived = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Secret, derived, salt: [], info: Purpose);
        HMACSHA256.HashData(derived, signed, whole);
        CryptographicOperations.ZeroMemory(derived);
        whole[..MacBytes].CopyTo(mac);
    }
}
