namespace Gateway.Load.Agreement;

/// <summary>One request of a real player.</summary>
/// <param name="Path">Below the title.</param>
/// <param name="SentMs">When the player asked; a browser may hold it back behind others on six connections.</param>
/// <param name="BeganMs">First byte; the end where none came.</param>
/// <param name="EndedMs">Last byte, or the moment when it was given up.</param>
/// <param name="Bytes">Body, as far as it came.</param>
internal sealed record RecordedLoad(string Path, int SentMs, int BeganMs, int EndedMs, long Bytes);
