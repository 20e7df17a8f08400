using Gateway.Sessions.Quality;

namespace Gateway.Sessions.Api;

/// <summary>A <see cref="Delay"/> as operators read it.</summary>
/// <param name="Cause"><c>failures</c>, <c>origin</c>, <c>line</c>, <c>player</c>, <c>unknown</c>.</param>
/// <param name="OriginMs">Milliseconds that late requests waited for the origin.</param>
/// <param name="LineMs">Milliseconds that the client took for their bytes.</param>
/// <param name="LineKbps">What the line carried then.</param>
/// <param name="NeededKbps">What the rendition needs.</param>
/// <param name="Failed">Requests that failed.</param>
/// <param name="Reason">Why the first of these failed.</param>
internal sealed record DelayView(string Cause, long OriginMs, long LineMs, int? LineKbps, int? NeededKbps, int? Failed, string? Reason)
{
    public static DelayView Of(in Delay delay) => new(
        Label(delay.Cause), delay.OriginMs, delay.LineMs, delay.LineKbps > 0 ? delay.LineKbps : null, delay.NeededKbps > 0 ? delay.NeededKbps : null, delay.Failed > 0 ? delay.Failed : null, delay.Reason);

    private static string Label(DelayCause cause) => cause switch
    {
        DelayCause.Failures => "failures",
        DelayCause.Origin => "origin",
        DelayCause.Line => "line",
        DelayCause.Player => "player",
        _ => "unknown",
    };
}
