using System.Globalization;
using System.Text;

namespace Gateway.Benchmarks.Lending;

/// <summary>A playlist that anybody can work out. Each line names its playlist, so that a line of another one, or from another place, is a wrong one.</summary>
internal readonly record struct StressPlaylist(int Number)
{
    public const int Count = 40;

    /// <summary>From what is copied because it is small to what fills many blocks once it is rewritten.</summary>
    private static readonly int[] Segments = [6, 60, 400, 1_500, 6_000];

    private static readonly string[] Texts = [.. Enumerable.Range(0, Count).Select(Write)];

    public string Folder => string.Create(CultureInfo.InvariantCulture, $"l{Number}/");

    public string Name => string.Create(CultureInfo.InvariantCulture, $"list{Number}.m3u8");

    public string Text => Texts[Number];

    /// <summary>The playlist of a path; null where it is none.</summary>
    public static StressPlaylist? Of(string path)
    {
        var at = path.LastIndexOf("/list", StringComparison.Ordinal);
        return at >= 0 && int.TryParse(path.AsSpan(at + 5, path.Length - at - 10), CultureInfo.InvariantCulture, out var number) ? new StressPlaylist(number) : null;
    }

    /// <summary>The text with something before each address.</summary>
    public string Prefixed(string prefix)
    {
        var text = new StringBuilder(Text.Length * 2);
        foreach (var line in Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)) text.Append(line[0] == '#' ? string.Empty : prefix).Append(line).Append('\n');
        return text.ToString();
    }

    private static string Write(int number)
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n");
        for (var i = 0; i < Segments[number % Segments.Length]; i++) text.Append(CultureInfo.InvariantCulture, $"#EXTINF:4.000,\nof{number}-part{i:00000}.ts\n");
        return text.Append("#EXT-X-ENDLIST\n").ToString();
    }
}
