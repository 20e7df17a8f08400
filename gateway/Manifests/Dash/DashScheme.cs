namespace Gateway.Manifests.Dash;

/// <summary>Schemes of descriptors and event streams that say that a value is a URL.</summary>
internal enum DashScheme
{
    Other,

    /// <summary>Clock sources that are asked over HTTP; the others hold a date (direct) or host names (ntp, sntp).</summary>
    HttpClock,

    /// <summary>Events whose message is a URL to be asked for (ISO/IEC 23009-1 §5.10.4.5).</summary>
    Callback,

    /// <summary>The MPD that is played after this one, or in its place (§5.11.2, §5.11.3); of the latter there may be several.</summary>
    Chaining,

    /// <summary>Fonts (DVB A168).</summary>
    FontDownload,
}
