using System.Collections.Frozen;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// The multivariant playlists that one session has loaded: the programme's, and those of its interstitials. Each describes the media playlists that it names, and
/// no other. Thread-safe: a snapshot that is swapped whole under the lock and read without it.
/// </summary>
internal sealed class LoadedLadders
{
    /// <summary>Most playlists: the programme's and those of a break. Beyond, the one loaded longest ago is dropped, but never the programme's.</summary>
    private const int MaxLadders = 8;

    private readonly Lock _lock = new();
    private volatile Viewed[] _known = [];

    /// <summary>Records a multivariant playlist; its last version is replaced.</summary>
    /// <param name="playlist">Its address.</param>
    /// <param name="ladder">The variants it offers.</param>
    /// <param name="variables">The variables it defines for import.</param>
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

    /// <summary>The rendition of a media playlist; null for one that no known ladder names.</summary>
    public RenditionKind? KindOf(MediaAddress playlist)
    {
        foreach (var viewed in _known)
        {
            if (viewed.Ladder.KindOf(playlist) is { } kind) return kind;
        }

        return null;
    }

    /// <summary>The variant whose media playlist this is; null for one of a rendition beside the variants, whose kind is told, and for one that no known ladder names.</summary>
    public Variant? Find(MediaAddress playlist, out RenditionKind? kind)
    {
        foreach (var viewed in _known)
        {
            kind = viewed.Ladder.KindOf(playlist);
            if (kind is null) continue;
            foreach (var variant in viewed.Ladder.Variants)
            {
                if (variant.Address == playlist) return variant;
            }

            return null;
        }

        kind = null;
        return null;
    }

    private sealed record Viewed(MediaAddress Playlist, VariantLadder Ladder, FrozenDictionary<string, string> Variables);
}
