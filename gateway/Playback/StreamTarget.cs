namespace Gateway.Playback;

/// <summary>The live session that a path names.</summary>
/// <param name="Session">As the client wrote it; not known to be one.</param>
internal readonly record struct StreamTarget(string Session);
