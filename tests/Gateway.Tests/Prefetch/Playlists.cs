using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Prefetch;

/// <summary>Media playlists for tests: segments <c>{folder}/{number}.ts</c>.</summary>
internal static class Playlists
{
    private static readonly UpstreamTable Table = new([new UpstreamTable.Upstream("origin", new Uri("http://origin.example/"))]);

    public static MediaAddress Address(string folder) => new("origin", $"/{folder}/index.m3u8", "");

    public static MediaAddress Segment(string folder, int number) => new("origin", $"/{folder}/{number}.ts", "");

    public static HlsTimeline Of(string folder, int first, int last, double seconds = 2, bool ended = true)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"#EXTM3U\n#EXT-X-TARGETDURATION:{(int)Math.Ceiling(seconds)}\n#EXT-X-MEDIA-SEQUENCE:{first}\n");
        for (var i = first; i <= last; i++) text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{seconds},\n{i}.ts\n");
        if (ended) text.Append("#EXT-X-ENDLIST\n");
        return Read(folder, text.ToString());
    }

    public static HlsTimeline Read(string folder, string text)
    {
        var from = new ReferenceBase(Table, "origin", new Uri($"http://origin.example/{folder}/index.m3u8"));
        return HlsTimeline.Read(Encoding.UTF8.GetBytes(text), from, new HlsVariables(FrozenDictionary<string, string>.Empty, ""));
    }
}
