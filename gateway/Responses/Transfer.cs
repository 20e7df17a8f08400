namespace Gateway.Responses;

/// <summary>Counts a body while it is sent to a client.</summary>
/// <param name="started">Timestamp of the request's arrival.</param>
internal class Transfer(long started)
{
    public long Started => started;

    /// <summary>Time from the request to its first body byte.</summary>
    public TimeSpan? FirstByte { get; set; }

    /// <summary>Body bytes handed to the client's connection.</summary>
    public long Bytes { get; set; }
}
