namespace TranscoderStub.Transcodes;

/// <summary>Which sessions hold which transcodes. A transcode ends when its last holder lets go.</summary>
internal sealed class Holders
{
    private const int MostPerTitle = 10_000;

    // Protects the sets.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _sessions = new(StringComparer.Ordinal);

    /// <summary>Holds a transcode; false if it is there no more, as when its last holder has just let go.</summary>
    /// <param name="transcodeId">Its id.</param>
    /// <param name="sessionId">Who holds it.</param>
    /// <param name="exists">Whether it is there. Called under the lock, under which it is taken away as well.</param>
    /// <exception cref="TranscodeException">So many sessions hold it already that one of them must be lying.</exception>
    public bool TryHold(string transcodeId, string sessionId, Func<string, bool> exists)
    {
        lock (_lock)
        {
            if (!exists(transcodeId)) return false;
            if (!_sessions.TryGetValue(transcodeId, out var held)) _sessions[transcodeId] = held = new HashSet<string>(StringComparer.Ordinal);
            if (held.Count >= MostPerTitle && !held.Contains(sessionId)) throw new TranscodeException(429, "TRANSCODER_HOLDERS", "Too many sessions hold this transcode.");
            held.Add(sessionId);
            return true;
        }
    }

    /// <summary>Lets go; without a session, all of them do.</summary>
    /// <param name="transcodeId">Its id.</param>
    /// <param name="sessionId">Who lets go.</param>
    /// <param name="take">Takes the transcode away, if nobody holds it any more. Called under the lock, so that nobody gets hold of it meanwhile.</param>
    /// <returns>What was taken away.</returns>
    public T? LetGo<T>(string transcodeId, string? sessionId, Func<string, T?> take) where T : class
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(transcodeId, out var held) && sessionId is not null)
            {
                held.Remove(sessionId);
                if (held.Count > 0) return null;
            }

            _sessions.Remove(transcodeId);
            return take(transcodeId);
        }
    }

    public int CountOf(string transcodeId)
    {
        lock (_lock) return _sessions.TryGetValue(transcodeId, out var held) ? held.Count : 0;
    }

    /// <summary>Forgets the holders of transcodes that are there no more.</summary>
    public void Keep(Func<string, bool> exists)
    {
        lock (_lock)
        {
            foreach (var id in _sessions.Keys.Where(id => !exists(id)).ToList()) _sessions.Remove(id);
        }
    }
}
