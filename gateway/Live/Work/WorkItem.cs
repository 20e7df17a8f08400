namespace Gateway.Live.Work;

/// <summary>A chunk that waits for the transcoder.</summary>
internal readonly record struct WorkItem(string Session, int Index);
