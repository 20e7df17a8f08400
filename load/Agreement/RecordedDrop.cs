namespace Gateway.Load.Agreement;

/// <summary>The browser's own count of frames, at a moment when that of dropped ones had risen.</summary>
/// <param name="AtMs">When it was seen.</param>
/// <param name="Dropped">Up to then.</param>
/// <param name="Total">Up to then, dropped ones included.</param>
internal sealed record RecordedDrop(int AtMs, int Dropped, int Total);
