using System.Globalization;

namespace Gateway.Adaptation.Serving;

/// <summary>
/// The values of <c>CMSD-Static</c> and <c>CMSD-Dynamic</c> (CTA-5006), without a space anywhere: shaka-player splits at semicolons and compares what it finds as it stands. One member is ours, named
/// <c>gateway</c>, and it is the last, for dash.js reads that one alone.
/// </summary>
internal static class CmsdFields
{
    /// <summary>A dictionary of what the object is; null for nothing.</summary>
    /// <param name="kbps">Encoded bitrate.</param>
    /// <param name="duration">How long it plays; zero = not known.</param>
    /// <param name="isHls">Format of the stream.</param>
    /// <param name="isLive">Whether it goes on.</param>
    public static string Static(int kbps, TimeSpan duration, bool isHls, bool isLive) => duration > TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture, $"br={kbps},d={(long)duration.TotalMilliseconds},ot=v,sf={(isHls ? 'h' : 'd')},st={(isLive ? 'l' : 'v')}")
        : string.Create(CultureInfo.InvariantCulture, $"br={kbps},ot=v,sf={(isHls ? 'h' : 'd')},st={(isLive ? 'l' : 'v')}");

    /// <summary>The list with our member at its end; null where there is nothing to say.</summary>
    /// <param name="upstreams">What upstream's servers say, origin first; null for nothing.</param>
    /// <param name="decision">What the session is told.</param>
    public static string? Dynamic(string? upstreams, in AdaptationDecision decision)
    {
        var own = (decision.MaxKbps, decision.ThroughputKbps) switch
        {
            ({ } mb, { } etp) => string.Create(CultureInfo.InvariantCulture, $"\"gateway\";mb={mb};etp={etp}"),
            ({ } mb, null) => string.Create(CultureInfo.InvariantCulture, $"\"gateway\";mb={mb}"),
            (null, { } etp) => string.Create(CultureInfo.InvariantCulture, $"\"gateway\";etp={etp}"),
            _ => null,
        };
        return own is null ? null : string.IsNullOrWhiteSpace(upstreams) ? own : $"{upstreams.Trim()},{own}";
    }
}
