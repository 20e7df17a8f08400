namespace Gateway.Caching.Outages;

/// <summary>One request that waits. Its result is set outside the gate, by whoever took it from its title's list under the gate, and so once.</summary>
internal sealed class HeldRequest(OutageTable table, TitleOutage outage) : TaskCompletionSource<HoldStep>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public TitleOutage Outage => outage;

    /// <summary>Its place in the title's list; null when it waits no longer.</summary>
    public LinkedListNode<HeldRequest>? Place { get; set; }

    /// <summary>Ends the wait, unless something else has.</summary>
    public void End(HoldStep step)
    {
        if (table.TryTake(this)) SetResult(step);
    }

    /// <summary>The client has left.</summary>
    public void Leave(CancellationToken leaving)
    {
        if (table.TryTake(this)) SetCanceled(leaving);
    }
}
