namespace Gateway.Connections;

/// <summary>Why a client was cut; the lower-case name is a metric label.</summary>
internal enum CutReason
{
    /// <summary>The client took no byte for <see cref="ConnectionsOptions.StalledClient"/>.</summary>
    Stalled,

    /// <summary>Memory was critically short, and the client was among the slowest of those that held some.</summary>
    Memory,
}
