using System.Security.Cryptography;

namespace Gateway.Access.Tickets;

/// <summary>
/// The secrets that sign and check tickets: the first signs, all check. To rotate without cutting anybody off: add the new key at the end
/// on every gateway, then move it to the front everywhere, and take the old one out when its tickets are past their hard expiry. Thread-safe; changed as a whole.
/// </summary>
internal sealed class TicketKeyRing
{
    private volatile TicketKey[] _keys;

    /// <param name="keys">At least one; ids differ.</param>
    public TicketKeyRing(IEnumerable<TicketKey> keys)
    {
        _keys = [.. keys];
        if (_keys.Length == 0) throw new ArgumentException("A ring has at least one key.", nameof(keys));
    }

    /// <summary>The keys as they are now; another object after each change.</summary>
    public IReadOnlyList<TicketKey> Keys => _keys;

    /// <summary>Takes other keys from now on.</summary>
    public void Replace(IReadOnlyCollection<TicketKey> keys)
    {
        if (keys.Count > 0) _keys = [.. keys];
    }

    /// <summary>Signs new tickets.</summary>
    public TicketKey Signing => _keys[0];

    /// <summary>A key that dies with the process: enough for one gateway, useless for several, and sessions end with a restart.</summary>
    public static TicketKeyRing ForThisProcess() => new([new TicketKey("tmp", RandomNumberGenerator.GetBytes(TicketKey.MinSecretBytes))]);

    /// <summary>A ring has few keys, so a linear search beats a dictionary.</summary>
    public TicketKey? Find(ReadOnlySpan<byte> id)
    {
        foreach (var key in _keys)
        {
            if (id.SequenceEqual(key.IdBytes)) return key;
        }

        return null;
    }
}
