namespace Gateway.Caching.Outages;

/// <summary>One request that waits. Its result is set outside the gate, by whoever took it from its title's list under the gate, and so once.</summary>
internal sealed class HeldRequest(OriginOutages outages, TitleOutage outage) : TaskCompletionSource<HoldStep>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public OriginOutages Outages => outages;

    public TitleOutage Outage => outage;

    /// <summary>Its place in the title's list; null when it waits no longer.</summary>
    public LinkedListNode<HeldRequest>? Place { get; set; }
}
