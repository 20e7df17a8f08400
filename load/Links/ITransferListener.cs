namespace Gateway.Load.Links;

/// <summary>Hears of the exchanges it started, on the loop's thread and never from within <see cref="ITransport.Send"/> or <see cref="Transfer.Cancel"/>.</summary>
internal interface ITransferListener
{
    /// <summary>Head and first byte are there: status, fields and length can be read.</summary>
    void Began(Transfer transfer);

    /// <summary>It is over, see <see cref="Transfer.End"/>. Called once for each transfer that was not cancelled.</summary>
    void Ended(Transfer transfer);
}
