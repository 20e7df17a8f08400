using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Adaptation.Ladders;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Adaptation.Serving;

/// <summary>The ladder that a session was offered: its rungs from the lowest, where each is listed, and how they are told apart. Immutable, so that any thread may read it; only the sizes learn.</summary>
internal sealed record SessionLadder
{
    private const double UsualSegmentSeconds = 4;

    private readonly ImmutableArray<long> _bandwidths;
    private readonly ImmutableArray<LadderRung> _rungs;
    private readonly FrozenDictionary<MediaAddress, int> _playlists;
    private readonly int _audioKbps;

    private SessionLadder(ImmutableArray<long> bandwidths, ImmutableArray<LadderRung> rungs, FrozenDictionary<MediaAddress, int> playlists, int audioKbps, LearnedSizes sizes) =>
        (_bandwidths, _rungs, _playlists, _audioKbps, Sizes) = (bandwidths, rungs, playlists, audioKbps, sizes);

    /// <summary>Of the title's segments, shared by all of its viewers.</summary>
    public LearnedSizes Sizes { get; }

    /// <summary>The ladder of a manifest; null where there is nothing to choose from.</summary>
    /// <param name="manifest">Where it stands.</param>
    /// <param name="rungs">Video rungs in the order of the manifest.</param>
    /// <param name="audioBandwidth">Of audio beside them that is not in their bitrate, bit/s.</param>
    /// <param name="maxKbps">The viewer's limit; 0 = none.</param>
    /// <param name="sizes">Where sizes of titles are learnt.</param>
    public static SessionLadder? Of(MediaAddress manifest, IReadOnlyList<Variant> rungs, long audioBandwidth, int maxKbps, TitleSizes sizes)
    {
        var all = rungs.Where(IsRung).Select(static r => r.Bandwidth).Distinct().Order().ToArray();
        if (all.Length < 2) return null;
        var lowest = all[0];
        if (maxKbps > 0) all = Array.FindAll(all, b => b <= Math.Max(maxKbps * 1000L, lowest));
        var playlists = new Dictionary<MediaAddress, int>();
        foreach (var rung in rungs)
        {
            if (rung is { TrickPlay: false, AudioOnly: false, Address: { } playlist } && Array.IndexOf(all, rung.Bandwidth) is >= 0 and var at) playlists.TryAdd(playlist, at);
        }

        return new SessionLadder([.. all], [.. all.Select(b => RungOf(b, rungs, audioBandwidth))], playlists.ToFrozenDictionary(), (int)(audioBandwidth / 1000), sizes.Of(manifest, all.Length));
    }

    /// <summary>Whether another one has the same rungs, so that what was measured on the one holds for the other.</summary>
    public bool HasRungsOf(SessionLadder other) => _bandwidths.AsSpan().SequenceEqual(other._bandwidths.AsSpan());

    /// <summary>The rung that a timeline belongs to; -1 for what is no rung of the ladder.</summary>
    /// <param name="manifest">Where it is listed.</param>
    /// <param name="rung">What that says of it; null where it says nothing.</param>
    public int RungOf(MediaAddress manifest, Variant? rung) =>
        rung is null ? _playlists.GetValueOrDefault(manifest, -1) : rung.TrickPlay ? -1 : _bandwidths.IndexOf(rung.Bandwidth);

    /// <summary>The rung of a declared bitrate, as <see cref="KbpsOf(int)"/> gave it; -1 for none.</summary>
    public int RungOf(int kbps)
    {
        for (var rung = 0; rung < _rungs.Length; rung++)
        {
            if (_rungs[rung].Kbps == kbps) return rung;
        }

        return -1;
    }

    /// <summary>Highest bitrate of a rung, kbit/s, as it is told to clients; 0 for none.</summary>
    public int KbpsOf(int rung) => rung >= 0 && rung < _rungs.Length ? _rungs[rung].Kbps : 0;

    /// <summary>The same of a rung of <c>auto</c>, whose rungs are some of these: one decoder's.</summary>
    public int KbpsOf(AlignedRung rung) => KbpsOf(_bandwidths.IndexOf(rung.Variant.Bandwidth));

    /// <summary>Declared bitrate of the highest rung within a limit, kbit/s; of the lowest where none is.</summary>
    public int MostWithin(int kbps)
    {
        var rung = 0;
        while (rung + 1 < _rungs.Length && _rungs[rung + 1].Kbps <= kbps) rung++;
        return _rungs[rung].Kbps;
    }

    /// <summary>The highest rung of <c>auto</c> that is not above one of these.</summary>
    /// <param name="auto">Its rungs.</param>
    /// <param name="rung">The one of these; null = the lowest.</param>
    public int Within(AlignedLadder auto, int? rung)
    {
        var wanted = rung is { } known && known < _bandwidths.Length ? _bandwidths[known] : auto.Rungs[0].Variant.Bandwidth;
        var at = auto.Rungs.Length - 1;
        while (at > 0 && auto.Rungs[at].Variant.Bandwidth > wanted) at--;
        return at;
    }

    /// <summary>The ladder as rules judge it.</summary>
    /// <param name="segment">How long segments are; zero where that is not known.</param>
    public AdaptationLadder For(TimeSpan segment) => new(_rungs, segment > TimeSpan.Zero ? segment.TotalSeconds : UsualSegmentSeconds, _audioKbps, Sizes);

    private static bool IsRung(Variant rung) => rung is { TrickPlay: false, AudioOnly: false, Bandwidth: > 0 };

    private static LadderRung RungOf(long bandwidth, IReadOnlyList<Variant> rungs, long audioBandwidth)
    {
        var average = rungs.First(r => r.Bandwidth == bandwidth).AverageBandwidth;
        var peak = (int)Math.Min((bandwidth + audioBandwidth + 999) / 1000, int.MaxValue);
        return new LadderRung(peak, average is > 0 and var mean ? (int)Math.Min(mean / 1000, int.MaxValue) : (int)Math.Min(bandwidth / 1000, int.MaxValue));
    }
}
