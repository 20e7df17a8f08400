using System.Buffers.Binary;
using System.Text;

namespace Gateway.Manifests.Auto;

/// <summary>
/// What segments of ISO BMFF take from their initialisation section (ISO/IEC 14496-12): of each track its id, time scale, handler, sample entries, and the defaults of movie fragments. Where two
/// sections agree in these and the video's parameter sets lie in the samples (ISO/IEC 14496-15: avc3, hev1), either serves the segments of both.
/// </summary>
internal sealed class InitSection
{
    private const int MostTracks = 8;

    private readonly List<Track> _tracks = [];

    /// <summary>Whether every video track's samples hold what their decoder needs: <c>avc3</c>, <c>hev1</c>, or a codec whose key frames always do.</summary>
    public bool HoldsParametersInBand => _tracks.Exists(t => t.IsVideo) && _tracks.TrueForAll(t => !t.IsVideo || t.Entry is "avc3" or "avc4" or "hev1" or "vvi1" or "av01" or "vp08" or "vp09");

    /// <summary>Whether a track's samples are encrypted.</summary>
    public bool IsEncrypted => _tracks.Exists(t => t.Entry is "encv" or "enca" or "enct" or "encs");

    /// <summary>Reads a section; null when it is none.</summary>
    public static InitSection? Read(ReadOnlySpan<byte> bytes)
    {
        if (!TryFind(bytes, "moov"u8, out var movie)) return null;
        var section = new InitSection();
        for (var rest = movie; TryMeasure(rest, out var head, out var size); rest = rest[size..])
        {
            if (!rest[4..8].SequenceEqual("trak"u8)) continue;
            if (section._tracks.Count == MostTracks || ReadTrack(rest[head..size], movie) is not { } track) return null;
            section._tracks.Add(track);
        }

        return section._tracks.Count == 0 ? null : section;
    }

    /// <summary>Whether segments of one can be played after the section of the other.</summary>
    public bool Fits(InitSection other)
    {
        if (_tracks.Count != other._tracks.Count) return false;
        for (var i = 0; i < _tracks.Count; i++)
        {
            if (!_tracks[i].Equals(other._tracks[i])) return false;
        }

        return true;
    }

    private static Track? ReadTrack(ReadOnlySpan<byte> track, ReadOnlySpan<byte> movie)
    {
        if (!TryFind(track, "tkhd"u8, out var header) || !TryFind(track, "mdia"u8, out var media)) return null;
        if (!TryFind(media, "mdhd"u8, out var mediaHeader) || !TryFind(media, "hdlr"u8, out var handler) || !TryFind(media, "minf"u8, out var information)) return null;
        if (!TryFind(information, "stbl"u8, out var table) || !TryFind(table, "stsd"u8, out var entries)) return null;

        // Version 1 has dates of 64 bits before what is wanted.
        var id = UInt32(header, header is [1, ..] ? 20 : 12);
        var scale = UInt32(mediaHeader, mediaHeader is [1, ..] ? 20 : 12);
        if (id is null || scale is null || handler.Length < 12 || entries.Length < 16) return null;
        var isVideo = handler[8..12].SequenceEqual("vide"u8);
        return new Track
        {
            Id = id.Value,
            Scale = scale.Value,
            IsVideo = isVideo,
            Entry = Encoding.Latin1.GetString(entries[12..16]),
            // An audio entry holds its decoder's configuration; a video entry's size and parameter sets may differ.
            Details = isVideo ? "" : Convert.ToHexString(entries),
            Defaults = DefaultsOf(movie, id.Value),
        };
    }

    /// <summary>The track's <c>trex</c>.</summary>
    private static string DefaultsOf(ReadOnlySpan<byte> movie, uint id)
    {
        if (!TryFind(movie, "mvex"u8, out var extends)) return "";
        for (var rest = extends; TryMeasure(rest, out var head, out var size); rest = rest[size..])
        {
            if (rest[4..8].SequenceEqual("trex"u8) && UInt32(rest[head..size], 4) == id) return Convert.ToHexString(rest[head..size]);
        }

        return "";
    }

    private static uint? UInt32(ReadOnlySpan<byte> body, int at) => body.Length >= at + 4 ? BinaryPrimitives.ReadUInt32BigEndian(body[at..]) : null;

    private static bool TryFind(ReadOnlySpan<byte> within, ReadOnlySpan<byte> wanted, out ReadOnlySpan<byte> found)
    {
        for (var rest = within; TryMeasure(rest, out var head, out var size); rest = rest[size..])
        {
            if (!rest[4..8].SequenceEqual(wanted)) continue;
            found = rest[head..size];
            return true;
        }

        found = default;
        return false;
    }

    /// <summary>Length of the first box and of its head; false where there is none, or it does not end within.</summary>
    private static bool TryMeasure(ReadOnlySpan<byte> rest, out int head, out int size)
    {
        (head, size) = (8, 0);
        if (rest.Length < 8) return false;
        var told = (ulong)BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (told == 1)
        {
            if (rest.Length < 16) return false;
            told = BinaryPrimitives.ReadUInt64BigEndian(rest[8..]);
            head = 16;
        }
        else if (told == 0)
        {
            told = (ulong)rest.Length;
        }

        if (told < (ulong)head || told > (ulong)rest.Length) return false;
        size = (int)told;
        return true;
    }

    private sealed record Track
    {
        public required uint Id { get; init; }

        public required uint Scale { get; init; }

        public required bool IsVideo { get; init; }

        /// <summary>Type of the first sample entry.</summary>
        public required string Entry { get; init; }

        public required string Details { get; init; }

        public required string Defaults { get; init; }
    }
}
