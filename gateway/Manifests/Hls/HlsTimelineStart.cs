namespace Gateway.Manifests.Hls;

/// <summary>What holds on from the segments before those of a text that is a part of a playlist.</summary>
/// <param name="Clock">When its first segment plays; null where that is not known.</param>
/// <param name="Run">The sub-range that came last.</param>
internal readonly record struct HlsTimelineStart(DateTimeOffset? Clock, HlsResourceRun Run);
