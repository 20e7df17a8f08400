using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Timelines;

namespace Gateway.Load.Players.Titles;

/// <summary>
/// Reads manifests with the gateway's own readers, each text once: players of one title share what came of it, which keeps a player small and a virtual hour cheap.
/// It belongs to one loop.
/// </summary>
/// <remarks>
/// Of two generations the older is dropped when the younger is full, so that what a live stream listed an hour ago goes, and what is still played stays.
/// </remarks>
internal sealed class ManifestLibrary
{
    /// <summary>Cluster under which addresses below the session's ticket are found; others are below <see cref="OutsideCluster"/>.</summary>
    internal const string SessionCluster = "session";

    internal const string OutsideCluster = "outside";

    private const int MostYoung = 4096;

    private readonly UpstreamTable _places;
    private readonly string _target;
    private Dictionary<(UInt128, string), ParsedManifest?> _young = [];
    private Dictionary<(UInt128, string), ParsedManifest?> _old = [];

    // In virtual time the same array comes again and again: its sum is taken once.
    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<byte[], Sum> _sums = [];

    /// <param name="target">Origin of the target: <c>http://host:port</c>.</param>
    public ManifestLibrary(string target)
    {
        _target = target;
        _places = new UpstreamTable(
        [
            new UpstreamTable.Upstream(SessionCluster, new Uri($"{target}{ManifestText.SessionPath}~/")),
            new UpstreamTable.Upstream(OutsideCluster, new Uri($"{target}/")),
        ]);
    }

    /// <summary>Texts that were read, not found read.</summary>
    public long Reads { get; private set; }

    /// <summary>Reads a manifest.</summary>
    /// <param name="body">As it came.</param>
    /// <param name="path">Path of it as it was asked for: with <c>~</c> for its session's root, see <see cref="MediaSegment.Path"/>.</param>
    /// <param name="now">When it was asked for.</param>
    /// <param name="ticket">The session's ticket, where the text names one.</param>
    /// <returns>Null for what is no manifest.</returns>
    public ParsedManifest? Read(ReadOnlyMemory<byte> body, string path, DateTimeOffset now, out string? ticket)
    {
        var array = MemoryMarshal.TryGetArray(body, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : null;
        ManifestText text;
        UInt128 sum;
        if (array is not null && _sums.TryGetValue(array, out var known))
        {
            (text, sum) = (known.Text, known.Value);
        }
        else
        {
            text = ManifestText.Of(body.Span, array);
            sum = SumOf(text.Bytes);
            if (array is not null) _sums.AddOrUpdate(array, new Sum(text, sum));
        }

        ticket = text.Ticket;
        var key = (sum, path);
        if (_young.TryGetValue(key, out var found)) return found;
        if (!_old.Remove(key, out found))
        {
            found = Parse(text.Bytes, path, now, (long)(ulong)sum);
            Reads++;
        }

        if (_young.Count >= MostYoung) (_old, _young) = (_young, []);
        _young[key] = found;
        return found;
    }

    private static UInt128 SumOf(ReadOnlySpan<byte> text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    private ParsedManifest? Parse(byte[] text, string path, DateTimeOffset now, long version)
    {
        var inSession = path.StartsWith('~');
        var url = new Uri(inSession ? $"{_target}{ManifestText.SessionPath}{path}" : _target + path);
        if (HlsPlaylist.Recognise(text, out _) < 0) return MpdReader.Read(text, _places, url, now, version);
        var from = new ReferenceBase(_places, SessionCluster, url);
        var variables = new HlsVariables(FrozenDictionary<string, string>.Empty, url.Query);
        if (HlsPlaylist.KindOf(text) != HlsPlaylistKind.Media) return LadderOf(HlsLadderReader.Read(text, from, variables));
        var timeline = HlsTimeline.Read(text, from, variables);
        return new ParsedManifest(null, new MediaTrack(timeline, timeline.SegmentCount, version, ShiftOf(timeline)), timeline.Skipped);
    }

    /// <summary>
    /// A sliding playlist that names the wall clock is put on it: then all its versions, and all renditions, agree about time without being compared.
    /// </summary>
    private static double ShiftOf(HlsTimeline timeline) =>
        !timeline.HasEnd && timeline.SegmentCount > 0 && timeline[0].PlaysAt is { } at ? (at - DateTimeOffset.UnixEpoch).TotalSeconds : 0;

    private static ParsedManifest? LadderOf(VariantLadder ladder)
    {
        var playable = ladder.Variants.Where(v => !v.TrickPlay && v.Address is not null).ToList();
        var hasVideo = playable.Exists(v => !v.AudioOnly);
        if (hasVideo) playable.RemoveAll(v => v.AudioOnly);
        if (playable.Count == 0) return null;
        var video = playable
            .Select((v, i) => new Rung(v.Bandwidth, v.AverageBandwidth ?? v.Bandwidth, v.Height, PathOf(v.Address!.Value), null, v.AudioGroup) { Listed = i })
            .DistinctBy(r => r.Playlist, StringComparer.Ordinal)
            .OrderBy(r => r.Bandwidth).ThenBy(r => r.AverageBandwidth);
        var groups = playable.Select(v => v.AudioGroup).Distinct(StringComparer.Ordinal).ToList();
        var audio = ladder.Renditions
            .Where(r => r is { Kind: RenditionKind.Audio, Address: not null } && groups.Contains(r.Group, StringComparer.Ordinal))
            .GroupBy(r => r.Group, StringComparer.Ordinal)
            .Select(g => g.FirstOrDefault(r => r.IsDefault) ?? g.First())
            .Select((r, i) => new Rung(0, 0, 0, PathOf(r.Address!.Value), null, r.Group) { Listed = i });
        return new ParsedManifest(new Presentation { IsDash = false, Video = Numbered(video), Audio = Numbered(audio) }, null);
    }

    private static ImmutableArray<Rung> Numbered(IEnumerable<Rung> rungs) => [.. rungs.Select((r, i) => r with { Index = i })];

    /// <summary>The path by which a player asks; within the session it begins with <c>~</c>.</summary>
    internal static string PathOf(MediaAddress address) =>
        address.Cluster == SessionCluster ? $"~{address.Path}{address.Query}" : address.Path + address.Query;

    private sealed record Sum(ManifestText Text, UInt128 Value);
}
