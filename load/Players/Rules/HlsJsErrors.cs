using System.Collections.Immutable;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <summary>
/// How hls.js 1.7 answers failures, after its error-controller, base-stream-controller and base-playlist-controller: it repeats, or goes to another level and does not come back
/// to one that failed, or leaves a live segment out, or ends.
/// </summary>
/// <remarks>Made with the first failure of a title; most players never have one.</remarks>
internal sealed class HlsJsErrors(ImmutableArray<Rung> levels)
{
    /// <summary>fragLoadPolicy.timeoutRetry and errorRetry.</summary>
    private static readonly RetryRules s_segmentTimeouts = new(4, 0, 1, 0, ClientErrors: true);

    private static readonly RetryRules s_segmentErrors = new(6, 1, 2, 8, ClientErrors: false);

    /// <summary>playlistLoadPolicy.timeoutRetry and errorRetry.</summary>
    private static readonly RetryRules s_playlistTimeouts = new(2, 0, 1, 0, ClientErrors: true);

    private static readonly RetryRules s_playlistErrors = new(2, 1, 2, 8, ClientErrors: false);

    private readonly int[] _segments = new int[levels.Length];
    private readonly int[] _switches = new int[levels.Length];
    private int _playlists;

    /// <summary>Whether the choice of a level passes it over.</summary>
    public bool IsPenalised(int level) => _segments[level] > 0 || _switches[level] > 0;

    /// <summary>How often it was left for failures.</summary>
    public int SwitchesFrom(int level) => _switches[level];

    /// <summary>A video segment of the level is in the buffer.</summary>
    public void Buffered(int level) => _segments[level] = _switches[level] = 0;

    /// <summary>The level's playlist came.</summary>
    public void Listed(int level)
    {
        _playlists = 0;
        if (_segments[level] == 0) _switches[level] = 0;
    }

    /// <summary>A segment failed; video's and audio's are counted together, and over all levels.</summary>
    /// <param name="level">That of the segment; of audio the one that video is at.</param>
    /// <param name="current">The level that video is at.</param>
    /// <param name="isAudio">Another level with the same audio is no way out.</param>
    /// <param name="isTimeout">Nothing came in time.</param>
    /// <param name="isRefused">Status 4xx or none at all, for which hls.js does not ask again unless there is nothing else to do.</param>
    /// <param name="canSkip">A live segment that is not the last.</param>
    public Recovery Segment(int level, int current, bool isAudio, bool isTimeout, bool isRefused, bool canSkip)
    {
        var before = _segments.Sum();
        _segments[level]++;
        var retries = isTimeout ? s_segmentTimeouts : s_segmentErrors;
        if (before < retries.Tries && (isTimeout || !isRefused)) return Recovery.In(retries.Delay(before));
        var next = Leave(level, current, isAudio);
        if (next >= 0) return new Recovery(0, next);
        if (canSkip) return new Recovery(0, Skips: true);
        return before < retries.Tries ? Recovery.In(retries.Delay(before)) : Recovery.None;
    }

    /// <summary>A media playlist failed.</summary>
    public Recovery Playlist(int level, int current, bool isAudio, bool isTimeout, bool isRefused)
    {
        var before = _playlists++;
        var retries = isTimeout ? s_playlistTimeouts : s_playlistErrors;
        var again = before < retries.Tries ? Recovery.In(retries.Delay(before)) : Recovery.None;
        if (isAudio || (again != Recovery.None && (isTimeout || !isRefused))) return again;
        var next = Leave(level, current, isAudio: false);
        return next >= 0 ? new Recovery(0, next) : again;
    }

    /// <summary>A playlist came that cannot be read; it is not asked for again.</summary>
    public Recovery Unreadable(int level, int current, bool isAudio)
    {
        var next = Leave(level, current, isAudio);
        return next >= 0 ? new Recovery(0, next) : Recovery.None;
    }

    /// <summary>The level below, or the next one down that was not left before; from the lowest on over the top.</summary>
    private int Leave(int level, int current, bool isAudio)
    {
        _switches[level]++;
        for (var i = levels.Length - 1; i > 0; i--)
        {
            var candidate = (i + current) % levels.Length;
            if (_switches[candidate] > 0 || (isAudio && levels[candidate].AudioGroup == levels[level].AudioGroup)) continue;
            _playlists = 0;
            return candidate;
        }

        return -1;
    }
}
