using System.Collections.Frozen;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// The multivariant playlists that one viewing has loaded: the programme's, and those of its interstitials. Each speaks for the media playlists that it names, and for
/// no other. Thread-safe: a snapshot that is swapped whole under the lock and read without it.
/// </summary>
internal sealed class LoadedLadders
{
    /// <summary>The programme's and those of a break; of more, the one loaded longest ago goes, but never the programme's.</summary>
    private const int MaxLadders = 8;

    private readonly Lock _lock = new();
    private volatile Viewed[] _known = [];

    /// <summary>Takes note of a multivariant playlist; its last version is replaced.</summary>
    /// <param name="playlist">Its address.</param>
    /// <param name="ladder">What it offers.</param>
    /// <param name="variables">What it defines for import.</param>
    public void Take(MediaAddress playlist, VariantLadder ladder, FrozenDictionary<string, string> variables)
    {
        lock (_lock)
        {
            var fresh = new Viewed(playlist, ladder, variables);
            var known = _known;
            var at = Array.FindIndex(known, k => k.Playlist == playlist);
            if (at >= 0) _known = [.. known[..at], fresh, .. known[(at + 1)..]];
            else if (known.Length < MaxLadders) _known = [.. known, fresh];
            else _known = [known[0], .. known[2..], fresh];
        }
    }

    /// <summary>The variables that a media playlist may import. One that no known ladder names, as behind a steered pathway, is the programme's.</summary>
    public FrozenDictionary<string, string> VariablesFor(MediaAddress playlist)
    {
        var known = _known;
        foreach (var viewed in known)
        {
            if (viewed.Ladder.KindOf(playlist) is not null) return viewed.Variables;
        }

        return known.Length > 0 ? known[0].Variables : FrozenDictionary<string, string>.Empty;
    }

    /// <summary>What a media playlist is to the viewer; null for one that no known ladder names.</summary>
    public RenditionKind? KindOf(MediaAddress playlist)
    {
        foreach (var viewed in _known)
        {
            if (viewed.Ladder.KindOf(playlist) is { } kind) return kind;
        }

        return null;
    }

    private sealed record Viewed(MediaAddress Playlist, VariantLadder Ladder, FrozenDictionary<string, string> Variables);
}
