using System.Security.Cryptography;
using static Gateway.Live.Containers.IsoBoxes;

namespace Gateway.Live.Containers;

/// <summary>What a movie header (<c>moov</c>) tells of its tracks, and the name of their codec configuration.</summary>
/// <param name="Tracks">Pictures and sound, pictures first.</param>
/// <param name="Configuration">
/// The same for two headers of which one can stand for the other: track numbers, timescales and codec parameters, without what differs from file to file (times, bit rates).
/// </param>
internal sealed record IsoMovie(IsoTrack[] Tracks, string Configuration)
{
    /// <summary>Most tracks that are looked at.</summary>
    private const int MostTracks = 16;

    private const int VisualEntryBytes = 78;
    private const int AudioEntryBytes = 28;

    /// <summary>Reads the payload of a <c>moov</c>; null where it describes neither pictures nor sound.</summary>
    public static IsoMovie? Read(ReadOnlySpan<byte> moov)
    {
        var tracks = new List<IsoTrack>();
        using var identity = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var seen = 0;
        for (var rest = moov; seen < MostTracks && TryNext(ref rest, out var type, out var trak);)
        {
            // Those of no media count as well: each is looked up among all the others' defaults.
            if (type != Trak) continue;
            seen++;
            if (TrackOf(trak, moov) is not { IsMedia: true } track) continue;
            tracks.Add(track);
            identity.AppendData(BitConverter.GetBytes(track.Id));
            identity.AppendData(BitConverter.GetBytes(track.Handler));
            identity.AppendData(BitConverter.GetBytes(track.Timescale));
            AppendEntries(identity, track, IsoBoxes.Find(IsoBoxes.Find(IsoBoxes.Find(IsoBoxes.Find(trak, Mdia), Minf), Stbl), Stsd));
        }

        if (tracks.Count == 0) return null;
        return new IsoMovie([.. tracks.OrderByDescending(t => t.IsVideo)], Convert.ToHexStringLower(identity.GetHashAndReset().AsSpan(0, 8)));
    }

    /// <summary>Seconds of an unfragmented file; 0 where its header does not say.</summary>
    public double Seconds => Tracks.Length == 0 ? 0 : (double)Tracks[0].Duration / Tracks[0].Timescale;

    public IsoTrack? Find(uint id)
    {
        foreach (var track in Tracks)
        {
            if (track.Id == id) return track;
        }

        return null;
    }

    private static IsoTrack? TrackOf(ReadOnlySpan<byte> trak, ReadOnlySpan<byte> moov)
    {
        var header = IsoBoxes.Find(trak, Tkhd);
        var media = IsoBoxes.Find(trak, Mdia);
        var mdhd = IsoBoxes.Find(media, Mdhd);
        if (header.IsEmpty || mdhd.IsEmpty) return null;
        var id = At(header, header[0] == 1 ? 20 : 12);
        var timescale = At(mdhd, mdhd[0] == 1 ? 20 : 12);
        var duration = mdhd[0] == 1 ? LongAt(mdhd, 24) : At(mdhd, 16);
        if (id == 0 || timescale == 0) return null;
        return new IsoTrack(id, At(IsoBoxes.Find(media, Hdlr), 8), timescale, duration == uint.MaxValue ? 0 : duration, DefaultDurationOf(id, moov));
    }

    private static uint DefaultDurationOf(uint track, ReadOnlySpan<byte> moov)
    {
        for (var rest = IsoBoxes.Find(moov, Mvex); TryNext(ref rest, out var type, out var trex);)
        {
            if (type == Trex && At(trex, 4) == track) return At(trex, 12);
        }

        return 0;
    }

    private static void AppendEntries(IncrementalHash identity, IsoTrack track, ReadOnlySpan<byte> stsd)
    {
        if (stsd.Length < 8) return;
        for (var rest = stsd[8..]; TryNext(ref rest, out var type, out var entry);)
        {
            identity.AppendData(BitConverter.GetBytes(type));
            var fixedPart = Math.Min(entry.Length, track.IsVideo ? VisualEntryBytes : AudioEntryBytes);
            identity.AppendData(entry[..fixedPart]);
            for (var children = entry[fixedPart..]; TryNext(ref children, out var child, out var payload);)
            {
                if (child == Btrt) continue;
                identity.AppendData(BitConverter.GetBytes(child));
                identity.AppendData(child == Esds ? DecoderInfoOf(payload) : payload);
            }
        }
    }

    /// <summary>The decoder's own information (ISO/IEC 14496-1 §7.2.6.7) in an elementary stream descriptor, whose other fields are bit rates and buffer sizes.</summary>
    private static ReadOnlySpan<byte> DecoderInfoOf(ReadOnlySpan<byte> esds)
    {
        const byte Tag = 0x05;
        var rest = esds.Length > 4 ? esds[4..] : default;
        while (rest.Length > 2)
        {
            var tag = rest[0];
            var length = 0;
            var at = 1;
            while (at < rest.Length && at < 5)
            {
                length = (length << 7) | (rest[at] & 0x7F);
                if ((rest[at++] & 0x80) == 0) break;
            }

            // The descriptors around it are entered: they have 3 and 13 bytes of their own before what they hold.
            if (tag == Tag) return rest.Slice(Math.Min(at, rest.Length), Math.Min(length, rest.Length - Math.Min(at, rest.Length)));
            var own = tag switch { 0x03 => 3, 0x04 => 13, _ => length };
            rest = at + own < rest.Length ? rest[(at + own)..] : default;
        }

        return esds;
    }
}
