using Gateway.Adaptation;
using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Serving;
using Gateway.Connections;

namespace Gateway.Segments;

/// <summary>Takes what is measured while a client takes one answer, and tells it to the session's adaptation. It outlives the request: the last bytes are acknowledged after the writer is done.</summary>
/// <param name="session">Whose answer it is.</param>
/// <param name="demand">The request.</param>
/// <param name="metrics">Counts the samples.</param>
/// <param name="paceKbps">What the body was held to; 0 = nothing.</param>
internal sealed class DeliveryFeed(AdaptedSession session, MediaDemand demand, AdaptationMetrics metrics, int paceKbps)
{
    /// <summary>In so many round trips a connection has found the rate of most lines; before, its mean says more of the beginning than of the line.</summary>
    private const int SettledRoundTrips = 8;

    /// <summary>A body that came at nearly its pace was held up by the pace.</summary>
    private const double NearPace = 0.9;

    /// <summary>A reading of the connection, or of the writer.</summary>
    public void Taken(DeliveryReading reading)
    {
        var busy = reading.Busy;
        if (reading.Rate > 0 && busy < SettledRoundTrips * reading.Rtt && TimeSpan.FromSeconds((double)reading.Bytes / reading.Rate) is var settled && settled < busy) busy = settled;
        if (busy <= TimeSpan.Zero) return;
        var at = session.Now;
        var kbps = reading.Bytes * 8 / busy.TotalMilliseconds;
        session.Delivered(new DeliverySample(reading.Bytes, at - busy, at) { IsPaced = reading.IsHeldBack && (paceKbps == 0 || kbps > paceKbps * NearPace) }, demand);
        metrics.Sampled(reading.Rtt > TimeSpan.Zero ? "tcp" : "writer");
    }

    /// <summary>What a proxy in front tells of its connection to the client: as if a second of it had been seen.</summary>
    public void Told(in ProxiedLine line)
    {
        if (line.Kbps <= 0) return;
        var at = session.Now;
        session.Delivered(new DeliverySample((long)(line.Kbps * 125), at - TimeSpan.FromSeconds(1), at), demand);
        metrics.Sampled("proxy");
    }
}
