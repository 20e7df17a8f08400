namespace Gateway.Manifests.Dash;

/// <summary>What became of a DASH document under a bitrate limit.</summary>
internal enum DashCapOutcome
{
    /// <summary>Nothing had to be left out.</summary>
    Whole,

    /// <summary>The shorter document was written.</summary>
    Cut,

    /// <summary>The limit cannot be applied: a patch changes an MPD that is not here.</summary>
    Refused,
}
