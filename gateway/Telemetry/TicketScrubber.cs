using System.Diagnostics;
using OpenTelemetry;

namespace Gateway.Telemetry;

/// <summary>
/// Removes the path from client spans of requests to another gateway: where gateways are chained, the upstream's path holds a ticket of
/// that gateway. Other upstream paths stay, because they are what a trace is searched for; the framework removes queries.
/// </summary>
internal sealed class TicketScrubber : BaseProcessor<Activity>
{
    private const string Url = "url.full";

    public override void OnEnd(Activity data)
    {
        if (data.Kind != ActivityKind.Client || data.GetTagItem(Url) is not string url) return;
        if (url.Contains("/api/v1/playback/", StringComparison.Ordinal) || url.Contains("/api/v1/files/", StringComparison.Ordinal))
            data.SetTag(Url, Uri.TryCreate(url, UriKind.Absolute, out var whole) ? whole.GetLeftPart(UriPartial.Authority) : "");
    }
}
