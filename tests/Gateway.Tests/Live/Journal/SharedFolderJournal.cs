using Gateway.Live.Journal;
using Gateway.Live.Timeline;

namespace Gateway.Tests.Live.Journal;

/// <summary>A journal to which several nodes write, as they do to the database; in a folder.</summary>
internal sealed class SharedFolderJournal(string folder) : ILiveJournal
{
    private readonly FolderJournal _journal = new(folder);

    public bool IsShared => true;

    public Task CreateAsync(LiveSessionHeader header, CancellationToken stopping) => _journal.CreateAsync(header, stopping);

    public Task<LiveSessionHeader?> FindAsync(string session, CancellationToken stopping) => _journal.FindAsync(session, stopping);

    public Task<IReadOnlyList<LiveRecord>> ReadAsync(string session, int after, CancellationToken stopping) => _journal.ReadAsync(session, after, stopping);

    public async Task<IReadOnlyList<LiveRecord>> AppendAsync(string session, LiveRecord record, int after, CancellationToken stopping)
    {
        await _journal.AppendAsync(session, record, after, stopping);
        return await _journal.ReadAsync(session, after, stopping);
    }

    public Task<IReadOnlyList<(string Session, DateTimeOffset? ClosedAt)>> ListAsync(CancellationToken stopping) => _journal.ListAsync(stopping);

    public Task CloseAsync(string session, DateTimeOffset at, CancellationToken stopping) => _journal.CloseAsync(session, at, stopping);

    public Task DeleteAsync(string session, CancellationToken stopping) => _journal.DeleteAsync(session, stopping);

    public Task<bool> TryClaimAsync(string session, int index, TimeSpan lease, CancellationToken stopping) => Task.FromResult(true);
}
