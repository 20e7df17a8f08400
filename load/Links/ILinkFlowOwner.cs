namespace Gateway.Load.Links;

/// <summary>Hears from a <see cref="SharedLink"/>.</summary>
internal interface ILinkFlowOwner
{
    /// <summary>The last bit is through.</summary>
    void FlowEnded();
}
