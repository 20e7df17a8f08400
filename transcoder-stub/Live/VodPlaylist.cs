using System.Globalization;

namespace TranscoderStub.Live;

/// <summary>What looping needs to know of a stored media playlist. It is our own packager's, so only the tags that it writes are understood.</summary>
/// <param name="Map">Name of the initialisation segment; null for MPEG-TS.</param>
/// <param name="Version">EXT-X-VERSION.</param>
/// <param name="Entries">The segments in order.</param>
internal sealed record VodPlaylist(string? Map, int Version, IReadOnlyList<VodPlaylist.Entry> Entries)
{
    private const string MapTag = "#EXT-X-MAP:URI=\"";
    private const string DurationTag = "#EXTINF:";
    private const string VersionTag = "#EXT-X-VERSION:";

    public static VodPlaylist Parse(string text)
    {
        string? map = null;
        var version = 1;
        var seconds = 0m;
        var entries = new List<Entry>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith(MapTag, StringComparison.Ordinal))
                map = line[MapTag.Length..line.IndexOf('"', MapTag.Length)];
            else if (line.StartsWith(VersionTag, StringComparison.Ordinal))
                version = int.Parse(line.AsSpan(VersionTag.Length), CultureInfo.InvariantCulture);
            else if (line.StartsWith(DurationTag, StringComparison.Ordinal))
                seconds = decimal.Parse(line.AsSpan(DurationTag.Length).TrimEnd(','), CultureInfo.InvariantCulture);
            else if (line[0] != '#')
                entries.Add(new Entry(line, seconds));
        }

        return new VodPlaylist(map, version, entries);
    }

    /// <param name="Name">File name, relative to the playlist.</param>
    /// <param name="Seconds">Duration as written, in full precision.</param>
    internal sealed record Entry(string Name, decimal Seconds);
}
