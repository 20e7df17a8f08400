using System.Collections.Concurrent;
using Gateway.Live.Journal;

namespace Gateway.Live.Sessions;

/// <summary>The live sessions that this node knows: those that it was asked for, and those that were open when it started. Thread-safe; a session is loaded once, however many ask at a time.</summary>
internal sealed class LiveSessions(ILiveJournal journal, LiveTelemetry telemetry, LiveOptions options)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<LiveSession?>>> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LiveSession> _loaded = new(StringComparer.Ordinal);

    // Of those that are loaded, the ones that had no end when somebody last counted: as many as may be open, where those that ended may be thousands.
    private readonly ConcurrentDictionary<string, LiveSession> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _purged = new(StringComparer.Ordinal);
    private int _creating;

    /// <summary>The sessions that are loaded.</summary>
    public ICollection<LiveSession> Loaded() => _loaded.Values;

    /// <summary>One that is loaded; null where it is not.</summary>
    public LiveSession? Held(string id) => _loaded.GetValueOrDefault(id);

    /// <summary>How many of them have no end yet.</summary>
    public int Open()
    {
        var count = 0;
        foreach (var (id, session) in _open)
        {
            // An end is for good.
            if (session.Look(static t => t.EndedAt) is null) count++;
            else _open.TryRemove(KeyValuePair.Create(id, session));
        }

        return count;
    }

    /// <summary>Creates a session; null when there are too many.</summary>
    /// <exception cref="IOException">The journal cannot be written.</exception>
    public async Task<LiveSession?> CreateAsync(LiveSessionHeader header)
    {
        try
        {
            if (Open() + Interlocked.Increment(ref _creating) > options.MaxSessions) return null;
            await journal.CreateAsync(header, CancellationToken.None);
            var session = new LiveSession(header, journal, telemetry);
            _sessions[header.Id] = new Lazy<Task<LiveSession?>>(Task.FromResult<LiveSession?>(session));
            return Hold(session);
        }
        finally
        {
            Interlocked.Decrement(ref _creating);
        }
    }

    /// <summary>A session by its id; null where there is none.</summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public async Task<LiveSession?> FindAsync(string id)
    {
        var held = _sessions.GetOrAdd(id, static (id, sessions) => new Lazy<Task<LiveSession?>>(() => sessions.LoadAsync(id)), this);
        try
        {
            if (await held.Value is { } session) return session;
        }
        catch
        {
            Forget(id, held);
            throw;
        }

        // Ids can be invented: what is not there is not remembered.
        Forget(id, held);
        return null;
    }

    /// <summary>Lets go of a session's memory; the next who asks loads it again.</summary>
    public void Unload(string id)
    {
        _sessions.TryRemove(id, out _);
        _loaded.TryRemove(id, out _);
        _open.TryRemove(id, out _);
    }

    /// <summary>Whether this node has deleted the segments of a session.</summary>
    public bool IsPurged(string id) => _purged.ContainsKey(id);

    /// <summary>The segments of a session are deleted; known for as long as it has a record, whether it is loaded or not.</summary>
    public void NotePurged(string id) => _purged[id] = true;

    /// <summary>Sessions other than these have no record any more.</summary>
    public void ForgetPurged(IReadOnlySet<string> known)
    {
        foreach (var id in _purged.Keys)
        {
            if (!known.Contains(id)) _purged.TryRemove(id, out _);
        }
    }

    private LiveSession Hold(LiveSession session)
    {
        // In this order: one that is unloaded in between must not be counted for ever.
        _open[session.Id] = session;
        return _loaded[session.Id] = session;
    }

    private void Forget(string id, Lazy<Task<LiveSession?>> held) => _sessions.TryRemove(KeyValuePair.Create(id, held));

    private async Task<LiveSession?> LoadAsync(string id)
    {
        if (await journal.FindAsync(id, CancellationToken.None) is not { } header) return null;
        var session = new LiveSession(header, journal, telemetry);
        await session.LoadAsync(CancellationToken.None);
        return Hold(session);
    }
}
