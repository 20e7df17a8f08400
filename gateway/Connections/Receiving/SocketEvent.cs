namespace Gateway.Connections.Receiving;

/// <param name="Key">Of the socket, as it was given when it was added; never used twice.</param>
/// <param name="What">What has become true of the socket, and what else is.</param>
internal readonly record struct SocketEvent(long Key, SocketEvents What);
