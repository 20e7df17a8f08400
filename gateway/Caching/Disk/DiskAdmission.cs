using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Disk;

/// <summary>Which responses may lie on disk, beyond what <see cref="Storability"/> permits in memory. Pure functions.</summary>
internal static class DiskAdmission
{
    /// <summary>Least freshness that is left when an object is written: a playlist that is replaced every few seconds would only wear the disk.</summary>
    private static readonly TimeSpan LeastFreshness = TimeSpan.FromMinutes(1);

    /// <summary>Fields of a request whose values are someone's credentials.</summary>
    private static readonly string[] Personal = ["Authorization", "Proxy-Authorization", "Cookie"];

    /// <summary>
    /// Whether a stored response may be written at all. A response to a request that carried a credential is not, although upstream permits sharing it: files outlive processes, and are copied; nor one
    /// that sets a cookie, was selected by a credential, or came from an address with parameters that upstream's redirect added, for those are often a signature.
    /// </summary>
    public static bool MayWrite(CacheRequest request, CacheEntry entry)
    {
        if (entry.Head.Status is not (200 or 206) || entry.Head.TryGet("Set-Cookie", out _) || HasCredential(request.Fields)) return false;
        foreach (var (name, _) in entry.Vary.Selected)
        {
            if (IsPersonal(name)) return false;
        }

        var freshness = entry.Freshness;
        if (freshness.AlwaysValidate || freshness.Lifetime is not { } lifetime || lifetime - freshness.InitialAge < LeastFreshness) return false;
        var directives = CacheDirectives.OfResponse(entry.Head, out _);
        return !directives.NoStore && !directives.Private && IsOwnQuery(entry.FinalUrl, entry.Key.Address.Query);
    }

    /// <summary>The record's head, but for the checksum of its body; null when the object is not worth writing any more.</summary>
    public static RecordHead? RecordOf(CacheEntry entry, DiskUse use, TimeSpan now, DateTimeOffset clock)
    {
        var freshness = entry.Freshness;
        var freshFor = entry.FreshForAt(now);
        if (entry.IsLimited || freshness.AlwaysValidate || freshness.Lifetime is null || freshFor < LeastFreshness) return null;
        var age = entry.AgeAt(now);
        return new RecordHead
        {
            Key = entry.Key,
            Title = entry.Title,
            Head = entry.Head,
            FinalUrl = entry.FinalUrl,
            Vary = entry.Vary,
            Freshness = freshness with { Lifetime = age + freshFor, InitialAge = age },
            WrittenAt = clock,
            AskedIn = use.AskedIn,
            BodyLength = entry.Body.Available,
            BodySum = 0,
        };
    }

    /// <summary>Freshness of a record as of now. When the clock was set back since, its age is not known: then it counts as stale, and is confirmed before it is used.</summary>
    public static Freshness FreshnessOf(RecordHead record, DateTimeOffset clock)
    {
        var freshness = record.Freshness;
        var elapsed = clock - record.WrittenAt;
        if (elapsed >= TimeSpan.Zero) return freshness with { InitialAge = freshness.InitialAge + elapsed };
        return freshness with
        {
            InitialAge = (freshness.Lifetime ?? TimeSpan.Zero) + TimeSpan.FromTicks(1),
            StaleWhileRevalidate = TimeSpan.Zero,
            StaleIfError = TimeSpan.Zero,
        };
    }

    private static bool HasCredential(ReadOnlySpan<HeaderLine> fields)
    {
        foreach (ref readonly var field in fields)
        {
            if (IsPersonal(field.Name)) return true;
        }

        return false;
    }

    private static bool IsPersonal(string name)
    {
        foreach (var known in Personal)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool IsOwnQuery(string finalUrl, string query)
    {
        var at = finalUrl.IndexOf('?');
        return at < 0 || finalUrl.AsSpan(at).SequenceEqual(query);
    }
}
