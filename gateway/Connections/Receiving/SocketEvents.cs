namespace Gateway.Connections.Receiving;

/// <summary>What the kernel tells of a socket (epoll_ctl(2)).</summary>
[Flags]
internal enum SocketEvents : uint
{
    None = 0,

    /// <summary>EPOLLIN.</summary>
    Readable = 0x001,

    /// <summary>EPOLLPRI: a receive stops before a byte that the other side has sent as urgent.</summary>
    Urgent = 0x002,

    /// <summary>EPOLLOUT.</summary>
    Writable = 0x004,

    /// <summary>EPOLLERR.</summary>
    Failed = 0x008,

    /// <summary>EPOLLHUP: both directions are closed.</summary>
    Closed = 0x010,

    /// <summary>EPOLLRDHUP: the other side sends no more.</summary>
    PeerEnded = 0x2000,

    /// <summary>Nothing goes either way any more.</summary>
    Broken = Failed | Closed,

    /// <summary>Whatever ends reading: from then on a receive never has to wait.</summary>
    Ended = Broken | PeerEnded,
}
