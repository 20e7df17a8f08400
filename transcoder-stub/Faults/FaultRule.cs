namespace TranscoderStub.Faults;

/// <summary>A fault as a test writes it in JSON: which kind, for which requests, how often, and the one value that the kind needs.</summary>
internal sealed record FaultRule
{
    /// <summary>A name of <see cref="FaultKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Glob over the request's path: <c>*</c> stays within one folder, <c>**</c> crosses folders.</summary>
    public string Path { get; init; } = "/**";

    /// <summary>For how many matching requests; absent = until the faults are changed.</summary>
    public int? Times { get; init; }

    /// <summary>For <c>latency</c>.</summary>
    public int? Milliseconds { get; init; }

    /// <summary>For <c>throttle</c>.</summary>
    public int? BytesPerSecond { get; init; }

    /// <summary>For <c>status</c>.</summary>
    public int? Status { get; init; }

    /// <summary>For <c>cut</c>: bytes of the body that still go out.</summary>
    public int? AfterBytes { get; init; }

    /// <summary>For <c>type</c>, and for <c>body</c> if the honest type shall not stay.</summary>
    public string? ContentType { get; init; }

    /// <summary>For <c>body</c>: what is sent with status 200 in place of the honest bytes.</summary>
    public string? Body { get; init; }
}
