using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Caching.Slices;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Prefetch;

/// <summary>An on-demand title of one file, whose segments only its own index lists: what ffmpeg makes of it, played through the gateway range by range.</summary>
public sealed partial class IndexedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("indexed-file").FullName;

    [Fact]
    public async Task SingleFileTitle_IsFetchedAheadSegmentBySegment_AndOnceForAllViewers()
    {
        // 1. Six segments of two seconds, of more than two megabytes each, so that the file has several slices.
        var path = Path.Combine(_folder, "film.mp4");
        await Ffmpeg.RunAsync(
            "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=12", "-vf", "noise=alls=60:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "22",
            "-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-bf", "0", "-pix_fmt", "yuv420p",
            "-f", "mp4", "-movflags", "+dash+global_sidx+frag_keyframe+empty_moov+default_base_moof", path);
        var film = await File.ReadAllBytesAsync(path);
        var (index, segments) = Layout(film);
        Assert.Equal(6, segments.Length);
        Assert.True(segments[3].End > SlicedFiles.SliceBytes, "The file is too small to tell anything.");

        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => AnswerAsync(context, path, Mpd(index));
        // However slow the machine, nothing is given up and fetched anew.
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address, "--Gateway:Prefetch:Timeout=00:05:00");

        // 2. The first viewer: what comes after the first segment is fetched before anybody asks for it.
        var url = await FilmOf(fixture);
        Assert.Equal(film[..(int)index.Offset], await PartAsync(fixture, url, (0, index.Offset)));
        Assert.Equal(film[(int)index.Offset..(int)index.End], await PartAsync(fixture, url, index));
        Assert.Equal(film[(int)segments[0].Offset..(int)segments[0].End], await PartAsync(fixture, url, segments[0]));
        using (var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System))
        {
            while (Slices(origin).Max() < (segments[3].End - 1) / SlicedFiles.SliceBytes) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }

        // 3. The first and a second one to the end: every byte is right, and upstream gave each slice once.
        foreach (var segment in segments[1..]) Assert.Equal(film[(int)segment.Offset..(int)segment.End], await PartAsync(fixture, url, segment));
        var second = await FilmOf(fixture);
        Assert.NotEqual(url, second);
        foreach (var part in segments.Prepend(index)) Assert.Equal(film[(int)part.Offset..(int)part.End], await PartAsync(fixture, second, part));
        Assert.Equal(Enumerable.Range(0, (int)((film.Length - 1) / SlicedFiles.SliceBytes) + 1).Select(i => (long)i), Slices(origin).Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Mpd((long Offset, long End) index) =>
        $"""
        <?xml version="1.0"?>
        <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" mediaPresentationDuration="PT12S" minBufferTime="PT2S">
          <Period><AdaptationSet contentType="video" mimeType="video/mp4" codecs="avc1.42C00D">
            <Representation id="v" bandwidth="12000000" width="320" height="180"><BaseURL>film.mp4</BaseURL>
              <SegmentBase indexRange="{index.Offset}-{index.End - 1}"><Initialization range="0-{index.Offset - 1}"/></SegmentBase>
            </Representation></AdaptationSet></Period>
        </MPD>
        """;

    /// <summary>Where the index lies, and where it says that the segments do.</summary>
    private static ((long Offset, long End) Index, (long Offset, long End)[] Segments) Layout(byte[] film)
    {
        var at = 0;
        while (!film.AsSpan(at + 4, 4).SequenceEqual("sidx"u8)) at += BinaryPrimitives.ReadInt32BigEndian(film.AsSpan(at));
        var box = film.AsSpan(at, BinaryPrimitives.ReadInt32BigEndian(film.AsSpan(at)));
        var references = box[(box[8] == 0 ? 32 : 40)..];
        var segments = new (long Offset, long End)[references.Length / 12];
        long end = at + box.Length;
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = (end, end + BinaryPrimitives.ReadInt32BigEndian(references[(i * 12)..]));
            end = segments[i].End;
        }

        return ((at, at + box.Length), segments);
    }

    private static async Task AnswerAsync(HttpContext context, string path, string mpd)
    {
        if (context.Request.Path.Value!.EndsWith(".mpd", StringComparison.Ordinal)) await Results.Text(mpd, "application/dash+xml", Encoding.UTF8).ExecuteAsync(context);
        else await Results.File(path, "video/mp4", enableRangeProcessing: true).ExecuteAsync(context);
    }

    /// <summary>A new viewer opens the title: the URL of its file, as its player makes it out.</summary>
    private static async Task<Uri> FilmOf(GatewayWithStub fixture)
    {
        using var client = fixture.NewClient($"viewer/{Guid.NewGuid():N}");
        var url = new Uri(fixture.Url, "/play/film/manifest.mpd");
        foreach (Match found in BaseUrl().Matches(await client.GetStringAsync(url))) url = new Uri(url, found.Groups[1].Value);
        return url;
    }

    private static async Task<byte[]> PartAsync(GatewayWithStub fixture, Uri url, (long Offset, long End) part)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(part.Offset, part.End - 1);
        using var answer = await fixture.Client.SendAsync(request);
        Assert.Equal(206, (int)answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Numbers of the slices that upstream was asked for.</summary>
    private static long[] Slices(ScriptedOrigin origin) =>
        [.. origin.Requests.Where(r => r.Target.EndsWith(".mp4", StringComparison.Ordinal)).Select(r => (RangeHeaderValue.Parse(r["Range"]!).Ranges.Single().From ?? 0) / SlicedFiles.SliceBytes)];

    [GeneratedRegex("<BaseURL>([^<]+)</BaseURL>")]
    private static partial Regex BaseUrl();
}
