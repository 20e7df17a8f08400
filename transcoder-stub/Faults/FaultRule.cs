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

    /// <summary>The part of the matching requests that suffer it, above 0 and at most 1; absent = all.</summary>
    public double? Share { get; init; }

    /// <summary>Where the draws for <see cref="Share"/> begin; the same seed hits the same requests in their order. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>For <c>latency</c>, <c>flap</c> (a turn), <c>clock</c> (may be negative) and, if it shall end, <c>stall</c>.</summary>
    public int? Milliseconds { get; init; }

    /// <summary>For <c>throttle</c> and <c>cap</c>.</summary>
    public int? BytesPerSecond { get; init; }

    /// <summary>For <c>status</c>; for <c>flap</c> and <c>redirect</c> if it shall not be 503 and 302.</summary>
    public int? Status { get; init; }

    /// <summary>For <c>cut</c>, <c>stall</c> and <c>reset</c>: bytes of the body that still go out.</summary>
    public int? AfterBytes { get; init; }

    /// <summary>For <c>length</c>: how much is added to the honest length; may be negative.</summary>
    public int? Bytes { get; init; }

    /// <summary>For <c>redirect</c>.</summary>
    public string? Location { get; init; }

    /// <summary>For <c>type</c>, and for <c>body</c> if the honest type shall not stay.</summary>
    public string? ContentType { get; init; }

    /// <summary>For <c>body</c>: what is sent with status 200 in place of the honest bytes.</summary>
    public string? Body { get; init; }
}
