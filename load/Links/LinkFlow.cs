namespace Gateway.Load.Links;

/// <summary>One body on its way over a <see cref="SharedLink"/>.</summary>
/// <param name="owner">Hears that it is through.</param>
/// <param name="bits">What is to come.</param>
/// <param name="limit">Bits per second that the sender keeps to; infinite for none.</param>
internal sealed class LinkFlow(ILinkFlowOwner? owner, double bits, double limit)
{
    public ILinkFlowOwner? Owner { get; } = owner;

    /// <summary>Bits that are still to come, as of the link's last look.</summary>
    public double Remaining { get; set; } = bits;

    public double Limit { get; } = limit;

    /// <summary>Bits per second that it gets now.</summary>
    public double Rate { get; set; }
}
