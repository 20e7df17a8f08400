namespace Gateway.Sessions.Api;

/// <summary>Media responses of one session.</summary>
internal sealed record SegmentsBySource(long Buffer, long Cache, long Origin);
