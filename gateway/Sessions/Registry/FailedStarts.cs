using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Sessions that never began, because the origin did not answer with their title. They have no place in the table, open nothing and cannot be found; their ids are kept for a
/// minute, so that a player can still report the failed start-up.
/// </summary>
/// <remarks>Bounded: where too many fail at once, the later ones cannot be reported. The gateway counts the refused manifests by itself in any case.</remarks>
internal sealed class FailedStarts(TimeProvider time) : IDisposable
{
    /// <summary>At 4 KB each, 16 MB at the most.</summary>
    public const int Most = 4096;

    /// <summary>A page spends its tries within fifteen seconds.</summary>
    private static readonly TimeSpan Known = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _byId = new(new MemoryCacheOptions { SizeLimit = Most, Clock = new Clock(time) });

    public void Remember(SessionState session)
    {
        // Later reports must not change the metrics of a playback that never began.
        session.Playhead.Stop();
        _byId.Set(session.Id, session, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Known });
    }

    public bool TryGet(Guid id, [NotNullWhen(true)] out SessionState? session) => _byId.TryGetValue(id, out session);

    public void Dispose() => _byId.Dispose();

    private sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
