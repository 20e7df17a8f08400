namespace Gateway.Connections;

/// <summary>Why a client was cut off; the word is a metric label as well.</summary>
internal enum CutReason
{
    /// <summary>It took not a byte for as long as is waited.</summary>
    Stalled,

    /// <summary>Memory was critically short, and it was among the slowest of those that held some.</summary>
    Memory,
}
