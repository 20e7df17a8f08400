namespace Gateway.Responses;

/// <summary>A body on its way to a client, as it is counted while it goes.</summary>
/// <param name="started">Time stamp at which the request came in.</param>
internal class Transfer(long started)
{
    public long Started => started;

    /// <summary>Time from the request to its first body byte.</summary>
    public TimeSpan? FirstByte { get; set; }

    /// <summary>Body bytes handed to the client's connection.</summary>
    public long Bytes { get; set; }
}
