namespace Gateway.Manifests;

/// <summary>How a request for a manifest ended; the snake-case name is a metric label and the <c>reason</c> of the event.</summary>
internal enum ManifestOutcome
{
    /// <summary>Sent, with at least one reference rewritten or none to rewrite.</summary>
    Served,

    /// <summary>The client has this version already.</summary>
    NotModified,

    /// <summary>Upstream has none at this path.</summary>
    NotFound,

    /// <summary>Upstream did not answer, or with an error.</summary>
    OriginFailed,

    /// <summary>The body is no manifest, or one that cannot be rewritten safely.</summary>
    Invalid,

    /// <summary>The body exceeds <see cref="ManifestsOptions.MaxBytes"/>, or its rewritten form the limit (<see cref="RewritingBudget.LongestOf"/>).</summary>
    TooLarge,

    /// <summary>Upstream broke off.</summary>
    Truncated,

    /// <summary>The request contradicts itself: delivery directives that the draft answers with 400.</summary>
    Refused,

    /// <summary>The viewer has a bitrate limit that cannot be applied to it: a patch of an MPD.</summary>
    Unlimitable,

    /// <summary>The rendition <c>auto</c> is wanted of a title that cannot be played so.</summary>
    NoAuto,

    /// <summary>All memory for manifests is in use (<see cref="ManifestsOptions.MemoryBytes"/>).</summary>
    Overloaded,

    /// <summary>The client left.</summary>
    ClientGone,
}
