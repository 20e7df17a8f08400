using System.Buffers.Binary;
using System.Text;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players.Titles;
using Gateway.Timelines;

namespace Gateway.Tests.Load.Players.Titles;

public sealed class ManifestLibraryTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ManifestLibrary _library = new("http://gateway:8080");

    [Fact]
    public void Multivariant_OfTwoSessions_IsReadOnceAndFindsTheSession()
    {
        var one = Read(Session("TICKETONE"), "/play/film/master.m3u8", out var first);
        var two = Read(Session("TICKETTWO"), "/play/film/master.m3u8", out var second);

        Assert.Same(one, two);
        Assert.Equal(1, _library.Reads);
        Assert.Equal(("TICKETONE", "TICKETTWO"), (first, second));
        Assert.Equal(["~/origin/film/v0/media.m3u8", "~/origin/film/v1/media.m3u8"], one!.Presentation!.Video.Select(r => r.Playlist));
        Assert.Equal("~/origin/film/a/media.m3u8", Assert.Single(one.Presentation.Audio).Playlist);
    }

    [Fact]
    public void MediaPlaylist_WithinASession_HasSegmentsBelowIt()
    {
        var parsed = Read("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4,\n0.m4s\n#EXT-X-GAP\n#EXTINF:4,\n1.m4s\n#EXTINF:3,\nhttp://elsewhere/2.m4s\n#EXT-X-ENDLIST\n", "~/origin/film/v0/media.m3u8", out _);

        var track = parsed!.Track!;
        Assert.Equal("~/origin/film/v0/0.m4s", track[0].Path);
        Assert.Equal("~/origin/film/v0/init.mp4", track[0].Init!.Path);
        Assert.Same(track[0].Init, track[1].Init);
        Assert.Null(track[1].Path);
        Assert.Null(track[2].Path);
        Assert.Equal(11, track.End);
        Assert.True(track.HasEnd);
        Assert.Equal(3, track.SegmentCount);
    }

    [Fact]
    public void Rungs_OfAMultivariantPlaylist_RiseAndRememberTheirPlace()
    {
        var parsed = Read("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=3000,AVERAGE-BANDWIDTH=2500,RESOLUTION=640x360\nb.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1000\na.m3u8\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=5,URI=\"i.m3u8\"\n", "/t/m.m3u8", out var ticket);

        Assert.Null(ticket);
        Assert.Equal(["/t/a.m3u8", "/t/b.m3u8"], parsed!.Presentation!.Video.Select(r => r.Playlist));
        Assert.Equal(1, parsed.Presentation.FirstListed.Index);
        Assert.Equal((2500L, 360), (parsed.Presentation.Video[1].AverageBandwidth, parsed.Presentation.Video[1].Height));
    }

    [Fact]
    public void Mpd_OfTwoSets_HasRungsWithTheirSegments()
    {
        var title = new SyntheticTitle(new TitleShape { Segments = 10 });
        var body = title.Answer(new() { Kind = default, Root = "", Path = title.Dash }, s_now).Body;

        var presentation = _library.Read(body, title.Dash, s_now, out _)!.Presentation!;

        Assert.True(presentation.IsDash);
        Assert.Equal(8, presentation.Video.Length);
        Assert.Equal("/title/v7/9.m4s", presentation.Video[7].Track![9].Path);
        Assert.Equal("/title/a/0.m4s", presentation.Audio[0].Track![0].Path);
        Assert.Equal(40, presentation.Video[0].Track!.End, 1e-6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("{}")]
    [InlineData("#EXTM3U\n")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://elsewhere/a.m3u8\n")]
    public void Text_ThatOffersNothing_IsNoManifest(string text) => Assert.True(Read(text, "/x.m3u8", out _) is null or { Track.SegmentCount: 0 });

    [Fact]
    public void LivePlaylists_WithAClock_AgreeAboutTime()
    {
        var title = new SyntheticTitle(new TitleShape { IsLive = true, SegmentSeconds = 2, Window = 5 });
        MediaTrack At(double seconds) => _library.Read(
            title.Answer(new() { Kind = default, Root = "", Path = "/title/v0/media.m3u8" }, s_now.AddSeconds(seconds)).Body, "/title/v0/media.m3u8", s_now, out _)!.Track!;

        var (early, late) = (At(0), At(4));

        Assert.Equal(early[2].Sequence, late[0].Sequence);
        Assert.Equal(early[2].Start, late[0].Start, 1e-6);
        Assert.False(late.HasEnd);
        Assert.NotEqual(early.Version, late.Version);
    }

    [Fact]
    public void IndexedFile_WithItsIndex_ListsRangesOfTheFile()
    {
        const string Mpd = """
            <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT6S"><Period><AdaptationSet contentType="video" mimeType="video/mp4">
            <Representation id="v" bandwidth="500000" codecs="avc1.64001f"><BaseURL>v.mp4</BaseURL><SegmentBase indexRange="100-155" timescale="1000"><Initialization range="0-99"/></SegmentBase></Representation>
            </AdaptationSet></Period></MPD>
            """;
        var rung = Read(Mpd, "/t/m.mpd", out _)!.Presentation!.Video[0];
        Assert.Equal("/t/v.mp4", rung.SegmentIndex!.Path);

        var track = rung.Track!.With(SegmentIndex.Read(Sidx(1000, (700, 2000), (900, 4000)), rung.SegmentIndex.Range!.Value)!, rung.SegmentIndex.Range.Value);

        Assert.Equal(2, track.SegmentCount);
        Assert.Equal((156L, 700L), (track[0].Range!.Value.Offset, track[0].Range!.Value.Length));
        Assert.Equal((856L, 900L), (track[1].Range!.Value.Offset, track[1].Range!.Value.Length));
        Assert.Equal(6, track.End, 1e-6);
    }

    [Fact]
    public void Corpus_OfRealManifests_IsReadWithoutFail()
    {
        var folder = Environment.GetEnvironmentVariable("GATEWAY_CORPUS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "GATEWAY_CORPUS names no folder of real manifests.");
        var read = 0;
        foreach (var file in Directory.EnumerateFiles(folder!, "*", SearchOption.AllDirectories).Where(f => f.EndsWith(".m3u8", StringComparison.Ordinal) || f.EndsWith(".mpd", StringComparison.Ordinal)))
        {
            var parsed = _library.Read(File.ReadAllBytes(file), "/t/" + Path.GetFileName(file), s_now, out _);
            if (parsed is null) continue;
            read++;
            var tracks = parsed.Track is { } own ? [own] : parsed.Presentation!.Video.Concat(parsed.Presentation.Audio).Select(r => r.Track).OfType<MediaTrack>().ToList();
            foreach (var track in tracks.Where(t => t.SegmentCount > 0))
            {
                var last = track[Math.Min(track.SegmentCount, 500) - 1];
                Assert.True(last.Start >= track.Start && last.Duration >= 0, file);
                Assert.InRange(track.IndexFrom(last.Start + (last.Duration / 2)), 0, track.SegmentCount);
            }
        }

        Assert.True(read > 20);
    }

    private static string Session(string ticket) =>
        $"#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",DEFAULT=YES,URI=\"/api/v1/playback/{ticket}/origin/film/a/media.m3u8\"\n"
        + $"#EXT-X-STREAM-INF:BANDWIDTH=1000,AUDIO=\"a\"\n/api/v1/playback/{ticket}/origin/film/v0/media.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2000,AUDIO=\"a\"\nhttp://gateway:8080/api/v1/playback/{ticket}/origin/film/v1/media.m3u8\n";

    private ParsedManifest? Read(string text, string path, out string? ticket) => _library.Read(Encoding.UTF8.GetBytes(text), path, s_now, out ticket);

    private static byte[] Sidx(uint timescale, params (uint Bytes, uint Duration)[] segments)
    {
        var box = new byte[32 + (12 * segments.Length)];
        BinaryPrimitives.WriteUInt32BigEndian(box, (uint)box.Length);
        "sidx"u8.CopyTo(box.AsSpan(4));
        BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(16), timescale);
        BinaryPrimitives.WriteUInt16BigEndian(box.AsSpan(30), (ushort)segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(32 + (12 * i)), segments[i].Bytes);
            BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(36 + (12 * i)), segments[i].Duration);
        }

        return box;
    }
}
