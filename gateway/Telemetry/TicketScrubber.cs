using System.Diagnostics;
using OpenTelemetry;

namespace Gateway.Telemetry;

/// <summary>
/// Takes the path out of client spans that ask a gateway: where gateways stand behind one another, the upstream's path holds a ticket of
/// the upstream's. Other upstream paths stay, they are what one looks for in a trace; queries are taken out by the framework.
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
