namespace Gateway.Load.Links;

/// <summary>
/// How a player's requests are answered: by a virtual server over a shaped link in virtual time, or over sockets in real time.
/// One transport belongs to one player, and with it to that player's loop.
/// </summary>
internal interface ITransport
{
    /// <summary>Sends a request; it is under way when this returns.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="listener">Hears of head and end.</param>
    /// <param name="tag">The listener's own mark of it, see <see cref="Transfer.Tag"/>.</param>
    Transfer Send(in TransferRequest request, ITransferListener listener, int tag);
}
