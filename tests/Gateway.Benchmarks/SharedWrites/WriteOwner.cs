namespace Gateway.Benchmarks.SharedWrites;

/// <summary>Whose memory an address is, told from who has written to it.</summary>
internal enum WriteOwner
{
    /// <summary>One request's: written by some requests and never again.</summary>
    Request,

    /// <summary>A connection's or its session's: by the same connections, whatever they ask for.</summary>
    Connection,

    /// <summary>An object's: by all connections, but for the same objects.</summary>
    Object,

    /// <summary>All requests come there now and then: things from pools, tables of many places, timers.</summary>
    Spread,

    /// <summary>All requests come there, but hardly any other core than the one, or no other thread: striped counts, threads' own queues.</summary>
    Core,

    /// <summary>All requests come there, from all cores.</summary>
    Everybody,
}
