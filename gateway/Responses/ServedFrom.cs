namespace Gateway.Responses;

/// <summary>Where a segment's bytes came from: the value of <c>X-Served-From</c> and of the metric label <c>source</c>.</summary>
internal enum ServedFrom
{
    /// <summary>This request started, or joined, a demand fetch.</summary>
    Origin,

    /// <summary>Fetched ahead for playback, and this is its first demand; also when that fetch is still under way.</summary>
    Buffer,

    /// <summary>Held since an earlier demand.</summary>
    Cache,
}
