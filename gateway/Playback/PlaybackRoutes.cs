namespace Gateway.Playback;

/// <summary>What is special about the routes beside <c>/play</c> and the playback route.</summary>
/// <param name="Files">Files and sources.</param>
/// <param name="Tracks">Chunks of tracks.</param>
/// <param name="Streams">Live sessions; null while live ingest is off.</param>
internal sealed record PlaybackRoutes(FileRoute Files, TrackRoute Tracks, StreamRoute? Streams);
