using Gateway.Connections;

namespace Gateway.Responses;

/// <summary>Counts a body while it is sent to a client.</summary>
/// <param name="started">Timestamp of the request's arrival.</param>
internal class Transfer(long started)
{
    public long Started => started;

    /// <summary>Time from the request to its first body byte.</summary>
    public TimeSpan? FirstByte { get; set; }

    /// <summary>How much of the time went by in waiting for bytes of the body; the rest is the client's.</summary>
    public TimeSpan Waited { get; set; }

    /// <summary>The part of it before the first byte.</summary>
    public TimeSpan WaitedFirst { get; set; }

    /// <summary>Timestamp of the beginning of such a wait that goes on; 0 for none.</summary>
    public long WaitsSince { get; set; }

    /// <summary>Body bytes handed to the client's connection.</summary>
    public long Bytes { get; set; }

    /// <summary>Is told how fast the client takes bodies; null where nobody wants to know.</summary>
    public Action<DeliveryReading>? Listener { get; set; }

    /// <summary>How the connection leads to the client: what can be measured on it.</summary>
    public ClientPath Path { get; set; }

    /// <summary>All the time in which nothing but upstream held it up so far, the wait for the first byte included.</summary>
    public TimeSpan WaitedForUpstream(TimeProvider time) =>
        FirstByte is not { } first ? time.GetElapsedTime(Started) : first + Waited - WaitedFirst + (WaitsSince == 0 ? TimeSpan.Zero : time.GetElapsedTime(WaitsSince));

    /// <summary>Most that is sent in a second, in bytes; 0 = as fast as the client takes it.</summary>
    public long PaceBytesPerSecond { get; set; }
}
