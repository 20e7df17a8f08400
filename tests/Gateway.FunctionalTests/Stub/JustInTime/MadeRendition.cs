using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>A rendition fetched segment by segment, in some order, and joined as a player joins it.</summary>
internal static partial class MadeRendition
{
    /// <summary>Fetches all segments and returns initialisation section and segments as one file's bytes. Backwards, every segment comes from an encoder of its own.</summary>
    public static async Task<byte[]> FetchAsync(JustInTimeHost host, string title, string rendition, bool backwards)
    {
        var playlist = await host.Client.GetStringAsync($"{title}/{rendition}/index.m3u8");
        var map = MapUri().Match(playlist).Groups[1].Value;
        var names = SegmentName().Matches(playlist).Select(m => m.Value).ToList();
        var bytes = new byte[names.Count][];
        foreach (var n in backwards ? Enumerable.Range(0, names.Count).Reverse() : Enumerable.Range(0, names.Count))
        {
            bytes[n] = await host.Client.GetByteArrayAsync($"{title}/{rendition}/{names[n]}");
        }

        var whole = new MemoryStream();
        if (map.Length > 0) whole.Write(await host.Client.GetByteArrayAsync(new Uri(new Uri(host.Url + $"{title}/{rendition}/"), map)));
        foreach (var segment in bytes) whole.Write(segment);
        return whole.ToArray();
    }

    /// <summary>Times of all packets (pts) in ticks, as ffprobe sees them.</summary>
    public static async Task<List<(long Time, bool Key)>> PacketsAsync(string file)
    {
        var lines = await Ffmpeg.ProbeAsync("-show_entries", "packet=pts,flags", "-of", "csv=p=0", file);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(',')).Select(l => (
            long.Parse(l[0], CultureInfo.InvariantCulture), l[1].StartsWith('K')))];
    }

    /// <summary>First channel as samples of 16 bits.</summary>
    public static async Task<short[]> DecodeAsync(string file, string folder)
    {
        var raw = Path.Combine(folder, $"{Guid.NewGuid():N}.raw");
        await Ffmpeg.RunAsync("-i", file, "-af", "pan=mono|c0=c0", "-f", "s16le", raw);
        var bytes = await File.ReadAllBytesAsync(raw);
        File.Delete(raw);
        var samples = new short[bytes.Length / 2];
        Buffer.BlockCopy(bytes, 0, samples, 0, samples.Length * 2);
        return samples;
    }

    [GeneratedRegex("#EXT-X-MAP:URI=\"([^\"]*)\"")]
    private static partial Regex MapUri();

    [GeneratedRegex("^seg_.*$", RegexOptions.Multiline)]
    private static partial Regex SegmentName();
}
