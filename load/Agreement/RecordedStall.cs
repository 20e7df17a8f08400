namespace Gateway.Load.Agreement;

/// <summary>The picture stood.</summary>
/// <param name="AtMs">From when on.</param>
/// <param name="LastedMs">Up to the next picture or the end of the recording.</param>
internal sealed record RecordedStall(int AtMs, int LastedMs);
