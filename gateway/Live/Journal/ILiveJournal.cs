using Gateway.Live.Timeline;

namespace Gateway.Live.Journal;

/// <summary>
/// The journals of live sessions: one row of records each, in one order that is the same for everybody. What was appended survives the loss of the process. Thread-safe; the callers of one session
/// take turns on their node, and other nodes append as well where the journal is shared.
/// </summary>
/// <remarks>Failures are <see cref="IOException"/>s.</remarks>
internal interface ILiveJournal
{
    /// <summary>Whether other nodes write to it, so that what this node knows may be old.</summary>
    bool IsShared { get; }

    Task CreateAsync(LiveSessionHeader header, CancellationToken stopping);

    /// <summary>A session's header; null for a session that never was, or whose record has been deleted.</summary>
    Task<LiveSessionHeader?> FindAsync(string session, CancellationToken stopping);

    /// <summary>The records behind the first <paramref name="after"/> ones.</summary>
    Task<IReadOnlyList<LiveRecord>> ReadAsync(string session, int after, CancellationToken stopping);

    /// <summary>Appends a record.</summary>
    /// <param name="session">The session.</param>
    /// <param name="record">The record.</param>
    /// <param name="after">How many records the caller knows.</param>
    /// <param name="stopping">Ends the wait; the record may be in the journal all the same.</param>
    /// <returns>All records behind those that the caller knows, in order; the appended one is the last.</returns>
    Task<IReadOnlyList<LiveRecord>> AppendAsync(string session, LiveRecord record, int after, CancellationToken stopping);

    /// <summary>All sessions that have a record, with the moment at which each was closed; null for one that may be open.</summary>
    Task<IReadOnlyList<(string Session, DateTimeOffset? ClosedAt)>> ListAsync(CancellationToken stopping);

    /// <summary>Notes that a session's playlist has its end, so that it need not be read again to know that.</summary>
    Task CloseAsync(string session, DateTimeOffset at, CancellationToken stopping);

    Task DeleteAsync(string session, CancellationToken stopping);

    /// <summary>Takes a chunk to work on it, for a time; false while another node has it.</summary>
    Task<bool> TryClaimAsync(string session, int index, TimeSpan lease, CancellationToken stopping);
}
