namespace Gateway.Load.Links;

/// <summary>What an <see cref="EventLoop"/> calls when its moment has come.</summary>
internal interface IScheduled
{
    /// <param name="tag">As given to <see cref="EventLoop.Schedule"/>: which of its own events it is, and where it matters of which version.</param>
    void Fire(long tag);
}
