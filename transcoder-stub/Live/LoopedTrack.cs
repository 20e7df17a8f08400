using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;
using TranscoderStub.Titles;

namespace TranscoderStub.Live;

/// <summary>One rendition of a title, played round and round.</summary>
internal sealed class LoopedTrack
{
    // A number never comes to mean another segment, so a cache may keep it for as long as anybody could ask for it.
    private const string SegmentLifetime = "public, max-age=3600, immutable";

    private readonly VodPlaylist _playlist;
    private readonly MediaFile[] _segments;
    private readonly LoopClock _clock;
    private readonly long _ticksPerLoop;
    private readonly uint _fragmentsPerLoop;

    /// <param name="playlist">The stored media playlist.</param>
    /// <param name="find">A file beside that playlist.</param>
    /// <param name="clock">Arithmetic of the loop.</param>
    /// <exception cref="InvalidDataException">The media cannot be looped.</exception>
    public LoopedTrack(VodPlaylist playlist, Func<string, MediaFile?> find, LoopClock clock)
    {
        _playlist = playlist;
        _clock = clock;
        _segments = [.. playlist.Entries.Select(e => find(e.Name) ?? throw new InvalidDataException($"Segment '{e.Name}' is missing."))];
        Extension = Path.GetExtension(playlist.Entries[0].Name);
        if (playlist.Map is null) return;

        Init = find(playlist.Map) ?? throw new InvalidDataException("The initialisation segment is missing.");
        Timescale = MovieFragments.Timescale(Init.Body.ReadAll());
        _ticksPerLoop = checked(Timescale * (clock.SegmentDuration * clock.SegmentsPerLoop).Ticks / TimeSpan.TicksPerSecond);
        _fragmentsPerLoop = (uint)_segments.Sum(s => MovieFragments.Count(s.Body.ReadAll()));
    }

    public string Extension { get; }

    /// <summary>Null for MPEG-TS, where every segment carries its own set-up.</summary>
    public MediaFile? Init { get; }

    /// <summary>Ticks per second of the fragments' times; 0 for MPEG-TS.</summary>
    public uint Timescale { get; }

    /// <summary>The segments of one loop, as stored.</summary>
    public IReadOnlyList<MediaFile> Stored => _segments;

    /// <summary>Name of the initialisation segment beside the playlist; null for MPEG-TS.</summary>
    public string? Map => _playlist.Map;

    // RFC 8216bis §4.4.3.1: no segment may be longer when rounded to the nearest second.
    public int TargetDuration => (int)Math.Round(_playlist.Entries.Max(e => e.Seconds), MidpointRounding.AwayFromZero);

    public decimal SecondsOf(long segment) => _playlist.Entries[_clock.IndexOf(segment)].Seconds;

    public string NameOf(long segment) => string.Create(CultureInfo.InvariantCulture, $"seg_{segment:D5}{Extension}");

    /// <summary>Reads the number back out of a name; only the exact form counts, so that one segment has one address.</summary>
    public bool TryNumber(string name, out long segment)
    {
        segment = -1;
        var digits = name.AsSpan();
        if (!name.StartsWith("seg_", StringComparison.Ordinal) || !name.EndsWith(Extension, StringComparison.Ordinal)) return false;
        if (name.Length <= 4 + Extension.Length) return false;
        return long.TryParse(digits[4..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out segment) && NameOf(segment) == name;
    }

    /// <summary>
    /// The segment's bytes. CMAF gets times that grow for ever, so that one file serves HLS and DASH alike; MPEG-TS keeps its own,
    /// which jump back at every break, as the playlist says.
    /// </summary>
    public MediaFile Segment(long segment)
    {
        var stored = _segments[_clock.IndexOf(segment)];
        return stored with
        {
            Body = Timed(stored.Body, 0, (int)stored.Body.Length, segment),
            ETag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{stored.ETag.Tag.AsSpan().Trim('"')}-{_clock.LoopOf(segment)}\"")),
            LastModified = _clock.StartOf(segment + 1),
            CacheControl = SegmentLifetime,
        };
    }

    /// <summary>
    /// Stored bytes of a segment, or of some of its fragments, moved to the time at which the segment plays. Only these bytes are read from disk.
    /// </summary>
    public MediaBody Timed(MediaBody stored, int offset, int length, long segment)
    {
        if (Init is null) return stored;
        var loop = _clock.LoopOf(segment);
        return new MemoryBody(MovieFragments.Shift(stored.Read(offset, length), loop * _ticksPerLoop, unchecked((uint)loop * _fragmentsPerLoop)));
    }

    /// <summary>The sliding playlist at a moment.</summary>
    public string Playlist(DateTimeOffset now)
    {
        var (oldest, newest) = (_clock.Oldest(now), _clock.Newest(now));
        var text = new StringBuilder();
        var write = CultureInfo.InvariantCulture;
        text.Append(write, $"#EXTM3U\n#EXT-X-VERSION:{_playlist.Version}\n#EXT-X-TARGETDURATION:{TargetDuration}\n");
        text.Append(write, $"#EXT-X-MEDIA-SEQUENCE:{oldest}\n#EXT-X-DISCONTINUITY-SEQUENCE:{_clock.BreaksRemoved(oldest)}\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        if (Map is not null) text.Append(write, $"#EXT-X-MAP:URI=\"{Map}\"\n");
        for (var n = oldest; n <= newest; n++)
        {
            if (_clock.BreaksBefore(n)) text.Append("#EXT-X-DISCONTINUITY\n");
            text.Append(write, $"#EXT-X-PROGRAM-DATE-TIME:{_clock.StartOf(n).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\n");
            text.Append(write, $"#EXTINF:{SecondsOf(n)},\n{NameOf(n)}\n");
        }

        return text.ToString();
    }
}
