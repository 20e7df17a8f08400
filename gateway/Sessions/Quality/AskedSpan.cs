namespace Gateway.Sessions.Quality;

/// <summary>The media time of the last segment of one kind, audio or video, that a player asked for. Not thread-safe; the owner locks.</summary>
internal struct AskedSpan
{
    /// <summary>Renditions' segments do not begin at the same sample.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private TimeSpan? _start;
    private TimeSpan _end;

    /// <summary>Whether a segment is the next one, or the same again: a player whose buffer ran empty abandons a large segment and requests it in a smaller rendition.</summary>
    public readonly bool IsFollowedBy(TimeSpan start) => _start is not { } last || (start >= last - Slack && start <= _end + Slack);

    public void Take(TimeSpan start, TimeSpan? length)
    {
        _start = start;
        _end = start + (length ?? TimeSpan.Zero);
    }
}
