using System.Buffers;
using System.Text;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;

namespace Gateway.Tests.Manifests;

/// <summary>Steering is put in where a title has none of its own, and nothing else changes.</summary>
public sealed class SteeredManifestTests
{
    private const string Server = "https://a.example/api/v1/playback/steering?format=dash&from=a&viewer=1";
    private const string Playlist = "#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\nv1.m3u8\r\n";

    private static readonly (string, string)[] Origins = [("a", "https://a.example"), ("b", "https://b.example")];

    [Fact]
    public void HlsSteering_PlainPlaylist_HasTheTagBehindTheFirstLine()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(HlsSteering.TryApply(Encoding.UTF8.GetBytes(Playlist), Server, output));
        Assert.Equal(Playlist.Insert("#EXTM3U\r\n".Length, $"#EXT-X-CONTENT-STEERING:SERVER-URI=\"{Server}\"\n"), Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"s.json\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv1.m3u8\n")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID=\"x\"\nv1.m3u8\n")]
    public void HlsSteering_PlaylistWithItsOwn_StaysAsItIs(string playlist)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.False(HlsSteering.TryApply(Encoding.UTF8.GetBytes(playlist), Server, output));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void DashSteering_MpdWithoutBase_HasOneForEachGateway() => Assert.Equal(
        "<MPD><Title/><BaseURL serviceLocation=\"a\">https://a.example/p/t&amp;x/</BaseURL><BaseURL serviceLocation=\"b\">https://b.example/p/t&amp;x/</BaseURL>"
            + "<ContentSteering defaultServiceLocation=\"a\" queryBeforeStart=\"false\">https://a.example/api/v1/playback/steering?format=dash&amp;from=a&amp;viewer=1</ContentSteering><Period/></MPD>",
        Dash("<MPD><Title/><Period/></MPD>", "/p/t&x/"));

    [Fact]
    public void DashSteering_MpdWithTheGatewaysBase_HasItForEach() => Assert.Equal(
        "<MPD><BaseURL serviceLocation=\"a\">https://a.example/p/t/</BaseURL><BaseURL serviceLocation=\"b\">https://b.example/p/t/</BaseURL> "
            + "<ContentSteering defaultServiceLocation=\"a\" queryBeforeStart=\"false\">https://a.example/api/v1/playback/steering?format=dash&amp;from=a&amp;viewer=1</ContentSteering><Period/></MPD>",
        Dash("<MPD><BaseURL>https://a.example/p/t/</BaseURL> <Period/></MPD>", null));

    /// <summary>Live: the MPD itself has to move, too.</summary>
    [Theory]
    [InlineData("", "/p/t&amp;x/live.mpd?q=1")]
    [InlineData("<Location>https://a.example/p/l.mpd</Location>", "/p/l.mpd")]
    public void DashSteering_MpdThatIsLoadedAgain_HasALocationForEachGateway(string location, string path) => Assert.Equal(
        "<MPD type=\"dynamic\"><BaseURL serviceLocation=\"a\">https://a.example/p/t/</BaseURL><BaseURL serviceLocation=\"b\">https://b.example/p/t/</BaseURL>"
            + $"<Location serviceLocation=\"a\">https://a.example{path}</Location><Location serviceLocation=\"b\">https://b.example{path}</Location>"
            + "<ContentSteering defaultServiceLocation=\"a\" queryBeforeStart=\"false\">https://a.example/api/v1/playback/steering?format=dash&amp;from=a&amp;viewer=1</ContentSteering><Period/></MPD>",
        Dash($"<MPD type=\"dynamic\"><BaseURL>https://a.example/p/t/</BaseURL>{location}<Period/></MPD>", null));

    [Fact]
    public void DashSteering_LocationElsewhere_StaysTheOnlyOne()
    {
        var steered = Dash("<MPD type=\"dynamic\"><Location>https://cdn.example/l.mpd</Location><Period/></MPD>", "/p/");
        Assert.Equal(steered!.IndexOf("<Location", StringComparison.Ordinal), steered.LastIndexOf("<Location", StringComparison.Ordinal));
        Assert.Contains("<Location>https://cdn.example/l.mpd</Location>", steered, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<MPD><ContentSteering>x</ContentSteering><Period/></MPD>", "/p/")]
    [InlineData("<MPD><BaseURL>x/</BaseURL><BaseURL>y/</BaseURL><Period/></MPD>", "/p/")]
    [InlineData("<MPD><BaseURL>https://cdn.example/</BaseURL><Period/></MPD>", "/p/")]
    [InlineData("<MPD><BaseURL serviceLocation=\"q\">https://a.example/</BaseURL><Period/></MPD>", "/p/")]
    [InlineData("<MPD><Period/></MPD>", null)]
    [InlineData("<MPD></MPD>", "/p/")]
    public void DashSteering_MpdThatCannotBeMoved_StaysAsItIs(string mpd, string? folder) => Assert.Null(Dash(mpd, folder));

    private static string? Dash(string mpd, string? folder)
    {
        var output = new ArrayBufferWriter<byte>();
        return DashSteering.TryApply(Encoding.UTF8.GetBytes(mpd), Server, Origins, "/p/t&x/live.mpd?q=1", folder, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }
}
