namespace Gateway.Sessions.Limits;

/// <summary>A session's place among its user's streams. Of <see cref="UserStreams"/> alone, under its lock.</summary>
internal sealed class StreamPlace
{
    /// <summary>Until when it is held if nothing more is delivered; null when it is not held.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Until when it should be held, by what was delivered; where a store is shared, <see cref="Until"/> follows when the store has agreed.</summary>
    public DateTimeOffset Wanted { get; set; }

    public bool IsOver { get; set; }

    public List<StreamDelivery> Deliveries { get; } = [];

    /// <summary>What is on its way holds the place, however long it takes.</summary>
    public bool IsHeld(DateTimeOffset now) => Until is { } until && (until > now || Deliveries.Count > 0);
}
