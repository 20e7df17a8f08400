namespace Gateway.Load.Links.Virtual;

/// <summary>A virtual server that is also this hears how its bodies are taken, as a gateway sees it at its sockets. Called on the loop's thread.</summary>
internal interface IDeliveryListener
{
    /// <summary>A body begins to flow; how much of it was taken is <see cref="Transfer.Received"/>.</summary>
    void Flowing(Transfer transfer);

    /// <summary>It is over, whole or not; also told of exchanges that never had a body.</summary>
    void Flowed(Transfer transfer);
}
