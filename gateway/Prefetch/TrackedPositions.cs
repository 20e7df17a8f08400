using System.Diagnostics.CodeAnalysis;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>The positions of one session, one in each kind of media that is being played. The tracker's lock protects them.</summary>
/// <remarks>
/// A player plays one rendition of a kind at a time, so a request for another one of that kind is a switch. Where the kinds are not known, a rendition counts as left when
/// another one has overtaken it. There are never more than <see cref="Max"/>: beyond, the one with the oldest request is dropped. A position keeps its number while it is played, so its
/// prefetches can be identified by it.
/// </remarks>
internal sealed class TrackedPositions
{
    /// <summary>Most positions: video, audio and subtitles, and one more.</summary>
    public const int Max = 4;

    private readonly TrackedPosition?[] _positions = new TrackedPosition?[Max];

    public TrackedPosition? this[int slot] => _positions[slot];

    /// <summary>The number of a rendition's position; -1 when it has none.</summary>
    public int IndexOf(TrackedManifest manifest, int ordinal, int player)
    {
        for (var slot = 0; slot < Max; slot++)
        {
            if (_positions[slot] is { } position && position.Player == player && position.Manifest == manifest && position.Ordinal == ordinal) return slot;
        }

        return -1;
    }

    /// <summary>The number of the position whose last request this was; -1 when there is none.</summary>
    public int IndexOf(RangedAddress asked)
    {
        for (var slot = 0; slot < Max; slot++)
        {
            if (_positions[slot] is { } position && position.Asked == asked) return slot;
        }

        return -1;
    }

    /// <summary>Finds a resource in the renditions that are being played.</summary>
    public bool TryFind(MediaAddress asked, ByteRange? range, [NotNullWhen(true)] out TrackedPosition? found, out int index)
    {
        foreach (var position in _positions)
        {
            if (position?.Timeline is not { } timeline || !timeline.TryFind(asked, range, out index)) continue;
            found = position;
            return true;
        }

        found = null;
        index = -1;
        return false;
    }

    /// <summary>Whether a rendition of a manifest is being played.</summary>
    public bool Hold(TrackedManifest manifest)
    {
        foreach (var position in _positions)
        {
            if (position?.Manifest == manifest) return true;
        }

        return false;
    }

    /// <summary>Gives a position to a rendition that has none: that of the rendition it replaces, or the one with the oldest request.</summary>
    /// <param name="manifest">The manifest that lists the rendition.</param>
    /// <param name="ordinal">Its number there.</param>
    /// <param name="kind">Kind of media; null where it is not known.</param>
    /// <param name="player">Hash of the player's name.</param>
    /// <param name="switched">Whether the position belonged to another rendition.</param>
    public int Take(TrackedManifest manifest, int ordinal, RenditionKind? kind, int player, out bool switched)
    {
        for (var slot = 0; slot < Max && kind is not null; slot++)
        {
            if (_positions[slot] is not { } position || position.Player != player || position.Kind != kind) continue;
            position.Manifest = manifest;
            position.Ordinal = ordinal;
            switched = true;
            return slot;
        }

        var oldest = 0;
        for (var slot = 1; slot < Max; slot++)
        {
            if ((_positions[slot]?.Turn ?? 0) < (_positions[oldest]?.Turn ?? 0)) oldest = slot;
        }

        switched = _positions[oldest] is not null;
        _positions[oldest] = new TrackedPosition(_positions[oldest]?.Strays ?? 0) { Manifest = manifest, Ordinal = ordinal, Kind = kind, Player = player };
        return oldest;
    }

    /// <summary>Drops positions of unknown kind that another one has overtaken, without a request meanwhile: the player has switched away from them.</summary>
    /// <returns>Their numbers, one bit each.</returns>
    public int LeaveOvertaken(int slot, in TimelineEntry entry)
    {
        var left = 0;
        if (_positions[slot] is not { Kind: null, TurnBefore: > 0 } current) return 0;
        for (var other = 0; other < Max; other++)
        {
            if (other == slot || _positions[other] is not { Kind: null } position || position.Player != current.Player || position.Turn >= current.TurnBefore) continue;
            if (entry.Start < position.End + entry.Duration) continue;
            _positions[other] = null;
            left |= 1 << other;
        }

        return left;
    }
}
