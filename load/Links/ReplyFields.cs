namespace Gateway.Load.Links;

/// <summary>Response header fields that players, reports and policies look at. Null where the reply has none of them.</summary>
internal sealed record ReplyFields
{
    public static ReplyFields None { get; } = new();

    /// <summary>CMSD-Static (CTA-5006).</summary>
    public string? CmsdStatic { get; init; }

    /// <summary>CMSD-Dynamic (CTA-5006).</summary>
    public string? CmsdDynamic { get; init; }

    /// <summary>As it was sent: seconds or a date.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>X-Served-From: buffer, cache or origin.</summary>
    public string? ServedFrom { get; init; }

    /// <summary>X-Session-Id.</summary>
    public string? SessionId { get; init; }

    /// <summary>The gateway's own code of a problem document.</summary>
    public string? ProblemCode { get; init; }

    /// <summary>URL after redirects, where there were any.</summary>
    public string? FinalUrl { get; init; }
}
