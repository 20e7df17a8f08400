namespace Gateway.Load.Agreement;

/// <summary>A highest bitrate that a gateway told a player (CMSD <c>mb</c>), when it was another than before.</summary>
/// <param name="AtMs">When the answer that brought it was complete.</param>
/// <param name="Kbps">The bitrate, sound included.</param>
internal sealed record RecordedSuggestion(int AtMs, int Kbps);
