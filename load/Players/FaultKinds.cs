using Gateway.Load.Links;

namespace Gateway.Load.Players;

/// <summary>Which kind of error an exchange was.</summary>
internal static class FaultKinds
{
    /// <returns>Null for what went well, and for what the player itself gave up.</returns>
    public static PlayerFault? Of(Transfer transfer) => transfer.End switch
    {
        TransferEnd.NoAnswer => PlayerFault.NoAnswer,
        TransferEnd.Broken => PlayerFault.Broken,
        TransferEnd.TimedOut => PlayerFault.TimedOut,
        TransferEnd.Complete => transfer.Status switch
        {
            >= 200 and < 300 when IsOtherLength(transfer) => PlayerFault.WrongLength,
            >= 200 and < 300 when transfer.HasKnownBytes == false => PlayerFault.WrongBytes,
            < 400 => null,
            401 or 403 => PlayerFault.Refused,
            404 or 410 => PlayerFault.NotFound,
            429 => PlayerFault.TooMany,
            503 => PlayerFault.Unavailable,
            < 500 => PlayerFault.ClientError,
            _ => PlayerFault.ServerError,
        },
        _ => null,
    };

    private static bool IsOtherLength(Transfer transfer) =>
        (transfer.Length is { } announced && transfer.Received != announced) || (transfer.Request.Known is { } known && transfer.Received != known.Length);
}
