namespace Gateway.Manifests.Dash;

/// <summary>Outcome of applying a bitrate limit to a DASH document.</summary>
internal enum DashCapOutcome
{
    /// <summary>Nothing had to be left out.</summary>
    Whole,

    /// <summary>The shorter document was written.</summary>
    Cut,

    /// <summary>The limit cannot be applied: a patch changes an MPD that is not known here.</summary>
    Refused,
}
