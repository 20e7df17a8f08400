using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gateway.Access.Jwt;
using Gateway.Access.Tickets;

namespace Gateway.Access.Streams;

/// <summary>
/// The tokens of live sessions: good for one purpose, one subject (a session, or a chunk of one) and a time. Like tickets they need no store, so any node that has the ticket keys takes them. None is a
/// ticket and no ticket is one: purpose and subject go into the signature.
/// </summary>
/// <remarks>Thread-safe. Its form: base64url of version (1 byte), expiry in Unix seconds (8, big endian), digest of the subject (first 16 of SHA-256), HMAC-SHA256 (first 16).</remarks>
internal sealed class StreamToken(TicketKeyRing ring, TimeProvider time)
{
    private const byte Version = 1;
    private const int DigestBytes = 16;
    private const int MacBytes = 16;
    private const int SignedBytes = 1 + sizeof(long) + DigestBytes;

    /// <summary>Longest text that is looked at.</summary>
    private const int TextLength = 55;

    /// <summary>A token, and when it expires (whole seconds).</summary>
    public (string Text, DateTimeOffset ExpiresAt) Issue(StreamPurpose purpose, string subject, TimeSpan lifetime)
    {
        Span<byte> bytes = stackalloc byte[SignedBytes + MacBytes];
        var expires = (time.GetUtcNow() + lifetime).ToUnixTimeSeconds();
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], expires);
        DigestOf(subject, bytes[(1 + sizeof(long))..SignedBytes]);
        Sign(ring.Signing, purpose, bytes[..SignedBytes], bytes[SignedBytes..]);
        return (Base64Url.EncodeToString(bytes), DateTimeOffset.FromUnixTimeSeconds(expires));
    }

    /// <summary>Whether a token is good for a subject: <see cref="AccessDenial.None"/>, or why not.</summary>
    /// <param name="purpose">What it has to be for.</param>
    /// <param name="text">What the caller shows; empty for nothing.</param>
    /// <param name="subject">What it has to be about.</param>
    public AccessDenial Check(StreamPurpose purpose, ReadOnlySpan<char> text, string subject)
    {
        if (text.IsEmpty) return AccessDenial.CredentialMissing;
        if (text.Length != TextLength || !StrictBase64Url.TryDecode(text, out var bytes) || bytes.Length != SignedBytes + MacBytes || bytes[0] != Version) return AccessDenial.CredentialMalformed;
        if (!IsSigned(purpose, bytes)) return AccessDenial.CredentialSignature;
        if (BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1)) <= time.GetUtcNow().ToUnixTimeSeconds()) return AccessDenial.CredentialExpired;
        Span<byte> digest = stackalloc byte[DigestBytes];
        DigestOf(subject, digest);
        return CryptographicOperations.FixedTimeEquals(digest, bytes.AsSpan((1 + sizeof(long))..SignedBytes)) ? AccessDenial.None : AccessDenial.MediaNotGranted;
    }

    /// <summary>By any key of the ring: after a rotation the tokens under way stay good.</summary>
    private bool IsSigned(StreamPurpose purpose, ReadOnlySpan<byte> bytes)
    {
        Span<byte> mac = stackalloc byte[MacBytes];
        foreach (var key in ring.Keys)
        {
            Sign(key, purpose, bytes[..SignedBytes], mac);
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

    private static void Sign(TicketKey key, StreamPurpose purpose, ReadOnlySpan<byte> signed, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Secret, [.. PrefixOf(purpose), .. signed], whole);
        whole[..MacBytes].CopyTo(mac);
    }

    private static ReadOnlySpan<byte> PrefixOf(StreamPurpose purpose) => purpose switch
    {
        StreamPurpose.Upload => "gateway-stream-upload-1\n"u8,
        StreamPurpose.Watch => "gateway-stream-watch-1\n"u8,
        StreamPurpose.ReadChunk => "gateway-stream-chunk-1\n"u8,
        _ => "gateway-stream-segment-1\n"u8,
    };
}
