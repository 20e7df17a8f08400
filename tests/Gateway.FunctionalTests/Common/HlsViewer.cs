using System.Text.RegularExpressions;

namespace Gateway.FunctionalTests.Common;

/// <summary>Loads a multivariant playlist and its first variant, as a player does.</summary>
internal sealed partial class HlsViewer
{
    private HlsViewer(Uri variant, string playlist)
    {
        Variant = variant;
        Playlist = playlist;
        Segments = [.. UriLine().Matches(playlist).Select(m => new Uri(variant, m.Value.Trim()))];
    }

    public Uri Variant { get; }

    public string Playlist { get; }

    /// <summary>The segments' URLs, in playing order.</summary>
    public IReadOnlyList<Uri> Segments { get; }

    public static async Task<HlsViewer> StartAsync(HttpClient client, string entry)
    {
        var master = new Uri(client.BaseAddress!, entry);
        var variant = new Uri(master, UriLine().Match(await client.GetStringAsync(master)).Value.Trim());
        return new HlsViewer(variant, await client.GetStringAsync(variant));
    }

    [GeneratedRegex("^[^#\\s].*$", RegexOptions.Multiline)]
    private static partial Regex UriLine();
}
