namespace Gateway.Benchmarks.SharedWrites;

/// <summary>How a piece of code writes to memory that other cores may have.</summary>
internal enum WriteKind
{
    /// <summary>An instruction with the lock prefix: the core has to own the line before it goes on.</summary>
    Interlocked,

    /// <summary>A lock is taken: one interlocked operation at its beginning and one, or a write, at its end.</summary>
    Lock,

    /// <summary>A plain or volatile write to a field, which takes the line from other cores too, but does not wait for it.</summary>
    Store,
}
