using System.Collections.Concurrent;

namespace Gateway.Access.Revocation;

/// <summary>
/// The operators' revocations: checked with every credential and every ticket, so the check waits for nothing and costs one comparison while there are none. Thread-safe. Bounded:
/// expired ones are dropped, and beyond <see cref="Most"/> no more are accepted.
/// </summary>
internal sealed class Revocations(TimeProvider time)
{
    public const int Most = 100_000;

    private readonly ConcurrentDictionary<(RevocationKind Kind, string Name), DateTimeOffset> _held = new();
    // Changes come one at a time, so that they are counted: the dictionary's own count takes all of its locks.
    private readonly Lock _changing = new();
    private volatile int _count;

    /// <summary>Revocations in force.</summary>
    public IEnumerable<RevocationEntry> All
    {
        get
        {
            var now = time.GetUtcNow();
            foreach (var (key, until) in _held)
            {
                if (until > now) yield return new RevocationEntry(key.Kind, key.Name, until);
            }
        }
    }

    public bool Refuses(RevocationKind kind, string? name) =>
        _count > 0 && name is not null && _held.TryGetValue((kind, name), out var until) && until > time.GetUtcNow();

    /// <summary>Whether a credential is revoked, by itself or by its subject.</summary>
    /// <param name="issuer">Claim <c>iss</c>.</param>
    /// <param name="subject">Claim <c>sub</c>.</param>
    /// <param name="token">Claim <c>jti</c>.</param>
    public bool RefusesCredential(string? issuer, string? subject, string? token)
    {
        if (_count == 0) return false;
        return (token is not null && Refuses(RevocationKind.Token, RevocationEntry.NameOf(token)))
            || (subject is not null && (Refuses(RevocationKind.Subject, RevocationEntry.NameOf(subject)) || Refuses(RevocationKind.User, AccessGrant.UserOf(issuer, subject))));
    }

    /// <summary>Sets a revocation; it replaces an earlier one of the same name.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TrySet(in RevocationEntry entry)
    {
        var now = time.GetUtcNow();
        var key = (entry.Kind, entry.Name);
        lock (_changing)
        {
            if (entry.Until <= now)
            {
                if (_held.TryRemove(key, out _)) _count--;
                return true;
            }

            if (_count >= Most) ForgetUnderLock(now);
            if (_count >= Most && !_held.ContainsKey(key)) return false;
            if (_held.TryAdd(key, entry.Until)) _count++;
            else _held[key] = entry.Until;
            return true;
        }
    }

    private void ForgetUnderLock(DateTimeOffset now)
    {
        foreach (var held in _held)
        {
            if (held.Value <= now && _held.TryRemove(held)) _count--;
        }
    }
}
