using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Gateway.Access.Revocation;

namespace Gateway.Access.Tickets;

/// <summary>
/// Signs tickets and verifies them: base64url of the bytes of <see cref="TicketCodec"/> and 128 bits of their HMAC-SHA256 (the
/// truncation of RFC 4868 §2.1: a forger has no better way than to try 2^128 requests, and every URL is 21 characters shorter).
/// Nothing is looked up, so any gateway with the same <see cref="TicketKeyRing"/> serves any session.
/// Thread-safe. No text other than the one that <see cref="Issue"/> gives is accepted for a ticket: caches, logs and revocations may
/// go by the text.
/// </summary>
internal sealed class TicketSigner(TicketKeyRing ring, TimeProvider time, Revocations? revocations = null)
{
    /// <summary>Longer texts are refused unread.</summary>
    public const int MaxTextLength = (TicketCodec.MaxBytes + MacBytes + 2) / 3 * 4;

    private const int MacBytes = 16;

    // Only a gateway can have signed a ticket: one from the future tells that a gateway's clock is wrong, by a time zone at most, and not that somebody cheats. Its viewers play on at the others.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(24);

    private volatile Genuine _genuine = new(ring.Keys, new VerifiedTicketCache());

    /// <summary>The ticket's text: letters, digits, <c>-</c> and <c>_</c>; deterministic.</summary>
    public string Issue(Ticket ticket)
    {
        Span<byte> bytes = stackalloc byte[TicketCodec.MaxBytes + MacBytes];
        var key = ring.Signing;
        var length = TicketCodec.Write(ticket, key, bytes);
        Sign(key, bytes[..length], bytes.Slice(length, MacBytes));
        return Base64Url.EncodeToString(bytes[..(length + MacBytes)]);
    }

    /// <summary>Checks a text as it stands in a URL. <paramref name="ticket"/> is set for genuine tickets, whatever their time: what it says
    /// about a lapsed or an expired one can be trusted.</summary>
    public TicketVerdict Verify(ReadOnlySpan<char> text, out Ticket? ticket)
    {
        if (text.Length is 0 or > MaxTextLength)
        {
            ticket = null;
            return TicketVerdict.Malformed;
        }

        var cache = Memory();
        if (!cache.TryRecall(text, out ticket))
        {
            var verdict = Authenticate(text, out ticket);
            if (verdict != TicketVerdict.Valid) return verdict;
            cache.Remember(text, ticket!);
        }

        var now = time.GetUtcNow();
        if (now >= ticket!.HardExpiry) return TicketVerdict.Expired;
        if (revocations?.Refuses(RevocationKind.User, ticket.User) == true) return TicketVerdict.Revoked;
        if (now + ClockSkew < ticket.IssuedAt) return TicketVerdict.NotYetValid;
        return now < ticket.FreshUntil ? TicketVerdict.Valid : TicketVerdict.Lapsed;
    }

    /// <summary>After a change of keys, tickets are verified again: a key may have been removed because it leaked.</summary>
    private VerifiedTicketCache Memory()
    {
        var genuine = _genuine;
        if (ReferenceEquals(genuine.Keys, ring.Keys)) return genuine.Cache;
        return (_genuine = new Genuine(ring.Keys, new VerifiedTicketCache())).Cache;
    }

    private TicketVerdict Authenticate(ReadOnlySpan<char> text, out Ticket? ticket)
    {
        ticket = null;
        Span<byte> bytes = stackalloc byte[TicketCodec.MaxBytes + MacBytes + 2];
        if (!TryDecode(text, ref bytes) || bytes.Length <= MacBytes) return TicketVerdict.Malformed;
        var signed = bytes[..^MacBytes];
        if (!TicketCodec.TryReadKeyId(signed, out var keyId)) return TicketVerdict.Malformed;
        if (ring.Find(keyId) is not { } key) return TicketVerdict.UnknownKey;
        Span<byte> mac = stackalloc byte[MacBytes];
        Sign(key, signed, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[^MacBytes..])) return TicketVerdict.BadSignature;
        return TicketCodec.TryRead(signed, out ticket) ? TicketVerdict.Valid : TicketVerdict.Malformed;
    }

    // The decoder skips white space, takes padding and ignores the unused bits of the last character. Encoding again and comparing closes
    // all three ways to spell one ticket twice.
    private static bool TryDecode(ReadOnlySpan<char> text, ref Span<byte> bytes)
    {
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done) return false;
        bytes = bytes[..written];
        Span<char> again = stackalloc char[MaxTextLength];
        return Base64Url.TryEncodeToChars(bytes, again, out var length) && text.SequenceEqual(again[..length]);
    }

    private static void Sign(TicketKey key, ReadOnlySpan<byte> bytes, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Secret, bytes, whole);
        whole[..MacBytes].CopyTo(mac);
    }

    /// <param name="Keys">The keys by which they are.</param>
    /// <param name="Cache">The tickets.</param>
    private sealed record Genuine(IReadOnlyList<TicketKey> Keys, VerifiedTicketCache Cache);
}
