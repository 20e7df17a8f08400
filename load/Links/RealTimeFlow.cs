namespace Gateway.Load.Links;

/// <summary>One sender's bytes through a <see cref="RealTimeBottleneck"/>: a token bucket whose tokens come by the trace. One caller at a time.</summary>
internal sealed class RealTimeFlow(RealTimeBottleneck link)
{
    private TimeSpan? _end;

    /// <summary>Waits until at least one and at most <paramref name="bytes"/> bytes are through.</summary>
    /// <param name="bytes">What there is to send, at least 1.</param>
    /// <param name="waiting">Whether it was there when the flow's last portion ended, so that the link had no pause in between.</param>
    /// <param name="cancellation">Gives up; the link stays busy with the portion, as with a packet that nobody wants any more.</param>
    /// <param name="most">How long it was there at most; null for as long as it takes.</param>
    /// <returns>How many are through.</returns>
    public async ValueTask<int> PassAsync(int bytes, bool waiting, CancellationToken cancellation, TimeSpan? most = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        // The first packet of an answer does not wait for those behind it.
        var portion = waiting ? link.PortionOf(bytes) : Math.Min(bytes, RealTimeBottleneck.SmallestPortion);
        var since = most is { } bound && _end < link.Now - bound ? link.Now - bound : _end;
        var end = link.Enqueue(portion, waiting ? since : null);
        _end = end;
        await link.WaitUntilAsync(end, cancellation);
        return portion;
    }
}
