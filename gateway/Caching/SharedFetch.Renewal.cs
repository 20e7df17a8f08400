using Gateway.Origin;

namespace Gateway.Caching;

/// <content>What a 304 or a HEAD says of a response that is held.</content>
internal sealed partial class SharedFetch
{
    private void Confirm(CellarEntry held, ResponseHead confirmation, DateTimeOffset asked, DateTimeOffset answered)
    {
        var entry = Renew(held, confirmation, asked, answered);
        Announce(new FetchHead(FetchEnding.Confirmed, entry ?? held, PassReason.None, 304));
        Body.Complete();
    }

    /// <summary>What a HEAD says of the response that is held: the same, and then its fields are newer; or another, and then ours is stale (RFC 9111 §4.3.5).</summary>
    private void Freshen(ResponseHead answer, DateTimeOffset asked, DateTimeOffset answered)
    {
        if (_shelf.Find(Request.Fields) is not { } held || !held.Body.TryLease()) return;
        if (HeadUpdate.IsAbout(held.Head, answer)) Renew(held, answer, asked, answered);
        else held.LimitFreshness(TimeSpan.MinValue);
        held.Body.Release();
    }

    /// <summary>A new entry over the bytes that are held; null when there is no room for it. The caller holds a lease on them.</summary>
    private CellarEntry? Renew(CellarEntry held, ResponseHead answer, DateTimeOffset asked, DateTimeOffset answered)
    {
        // Another renewal of the same bytes may have come first: then its head is the newer one, and the wait for the first demand is with it.
        if (_shelf.Find(Request.Fields) is { } standing && standing.Body == held.Body) held = standing;
        var head = HeadUpdate.Apply(held.Head, answer);
        var freshness = Freshness.Of(head, answer, Request.Rules, _parts.Options, asked, answered);
        var waits = held.TryEndWait(out var landed);
        var entry = new CellarEntry(held.Key, head, held.FinalUrl, held.Vary, freshness, _parts.Now, held.Body, waits) { Title = held.Title };
        if (landed > 0) entry.TryLand(landed);
        entry.Inherit(held);
        var displaced = _shelf.Put(entry, _parts.Budget, AskedIn, out var put);
        if (displaced is not null) _parts.EndWait(displaced, PrefetchEnding.Wasted);
        if (put) return entry;
        _parts.EndWait(entry, PrefetchEnding.Wasted);
        return null;
    }
}
