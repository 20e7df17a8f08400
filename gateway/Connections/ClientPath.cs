namespace Gateway.Connections;

/// <summary>How a connection leads to the client, and so what its speed tells.</summary>
internal enum ClientPath
{
    /// <summary>The client is the peer.</summary>
    Direct,

    /// <summary>A proxy in between takes bodies at its own speed: the connection tells nothing of the client.</summary>
    Buffered,

    /// <summary>A proxy in between says that it takes bodies no faster than its client does.</summary>
    Streamed,
}
