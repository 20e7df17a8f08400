namespace TranscoderStub.Transcodes;

/// <summary>Which sessions hold which transcodes. A transcode ends when its last holder lets go.</summary>
internal sealed class Holders
{
    private const int MostPerTitle = 10_000;

    // Protects the sets.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _sessions = new(StringComparer.Ordinal);

    /// <exception cref="TranscodeException">So many sessions hold it already that one of them must be lying.</exception>
    public void Hold(string transcodeId, string sessionId)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(transcodeId, out var held)) _sessions[transcodeId] = held = new HashSet<string>(StringComparer.Ordinal);
            if (held.Count >= MostPerTitle && !held.Contains(sessionId)) throw new TranscodeException(429, "TRANSCODER_HOLDERS", "Too many sessions hold this transcode.");
            held.Add(sessionId);
        }
    }

    /// <summary>Lets go; without a session, all of them do. True if nobody holds it any more.</summary>
    public bool LetGo(string transcodeId, string? sessionId)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(transcodeId, out var held)) return true;
            if (sessionId is not null)
            {
                held.Remove(sessionId);
                if (held.Count > 0) return false;
            }

            _sessions.Remove(transcodeId);
            return true;
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
