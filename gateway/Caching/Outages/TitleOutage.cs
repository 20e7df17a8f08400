using Gateway.Caching.Store;

namespace Gateway.Caching.Outages;

/// <summary>One title that upstream does not answer for, with the requests that wait for it. All of it is protected by the gate of its <see cref="OriginOutages"/>.</summary>
internal sealed class TitleOutage(string cluster, string title, CacheKey first)
{
    public string Cluster => cluster;

    public string Title => title;

    /// <summary>In the order in which they are to try.</summary>
    public LinkedList<HeldRequest> Waiting { get; } = [];

    /// <summary>One of them asks upstream now.</summary>
    public bool IsTried { get; set; }

    /// <summary>Ticks as long as the outage lasts.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>
    /// More than one object of the title failed. A single one may be broken by itself: it is waited for, but the title's other requests are left alone.
    /// </summary>
    public bool IsCertain { get; set; }

    public void Failed(CacheKey key) => IsCertain |= key != first;
}
