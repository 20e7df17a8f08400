namespace Gateway.Live.Timeline;

/// <summary>A playlist as it goes out.</summary>
/// <param name="Version">Of the timeline that it was written from.</param>
/// <param name="Text">UTF-8.</param>
/// <param name="Tag">Entity tag of the text.</param>
internal sealed record WrittenPlaylist(int Version, byte[] Text, string Tag);
