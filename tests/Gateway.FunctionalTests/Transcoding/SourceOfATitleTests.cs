using System.Net;
using Gateway.Access.Sources;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>
/// A film that only the gateway's origin has, and a transcoder without a library: it reads the film at the gateway. Between the two stands a door that notes what goes through. The transcoder
/// has a cluster of its own.
/// </summary>
public sealed class SourceOfATitleTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    private const string Film = "/film/direct.mp4";
    private const string Bearer = "Bearer ";

    [Fact]
    public async Task Title_WithItsSourceAtTheGateway_IsReadByRangeWithItsKeyAndPlaysThrough()
    {
        await using var origin = await OriginAsync();
        await using var door = await ScriptedOrigin.StartAsync();
        using var nothing = new EmptyFolder();
        await using var transcoder = await JustInTimeHost.StartAsync(nothing.Path);
        await using var gateway = await GatewayAsync(origin, door, transcoder);
        using var throughTheDoor = gateway.NewClient();
        door.Answer = context => PassAsync(context, throughTheDoor, context.Request.Headers.Authorization.ToString());

        var viewer = await HlsViewer.StartAsync(gateway.Client, "/play/film/master.m3u8");
        Assert.Equal(6, viewer.Segments.Count);
        var frames = await Ffmpeg.RunAsync("-i", viewer.Variant.AbsoluteUri, "-map", "0:v:0", "-f", "framemd5", "-");
        Assert.Equal(300, frames.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => l[0] != '#'));

        Assert.NotEmpty(door.Requests);
        Assert.All(door.Requests, r => Assert.Equal(("GET", "/internal/stream/film"), (r.Method, r.Target)));
        Assert.All(door.Requests, r => Assert.StartsWith("bytes=", r["Range"], StringComparison.Ordinal));
        var key = Assert.Single(door.Requests.Select(r => r["Authorization"]).Distinct());
        Assert.StartsWith(Bearer, key, StringComparison.Ordinal);
        Assert.All(origin.Requests.Where(r => r.Target == Film && r.Method == "GET"), r => Assert.NotNull(r["Range"]));

        foreach (var (path, credential, status) in new[]
        {
            ("film", key!, HttpStatusCode.PartialContent), ("other", key!, HttpStatusCode.Forbidden), ("film", $"{key![..^3]}AAA", HttpStatusCode.Unauthorized), ("film", "", HttpStatusCode.Unauthorized),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/internal/stream/{path}");
            request.Headers.Range = new(0, 9);
            if (credential.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", credential);
            using var answer = await throughTheDoor.SendAsync(request);
            Assert.Equal((path, credential, status), (path, credential, answer.StatusCode));
        }
    }

    [Theory]
    [InlineData("film", 3600, true, HttpStatusCode.Unauthorized)]
    [InlineData("film", -1, false, HttpStatusCode.Unauthorized)]
    [InlineData("other", 3600, false, HttpStatusCode.Forbidden)]
    public async Task Source_WithAKeyThatIsNotGood_IsRefusedAndNothingIsMade(string title, int seconds, bool spoiled, HttpStatusCode status)
    {
        await using var origin = await OriginAsync();
        await using var door = await ScriptedOrigin.StartAsync();
        using var nothing = new EmptyFolder();
        await using var transcoder = await JustInTimeHost.StartAsync(nothing.Path);
        await using var gateway = await GatewayAsync(origin, door, transcoder);
        using var throughTheDoor = gateway.NewClient();
        var key = gateway.Part<SourceToken>().Issue(title, TimeSpan.FromSeconds(seconds));
        if (spoiled) key = $"{key[..^3]}AAA";
        var told = 0;
        door.Answer = async context =>
        {
            await PassAsync(context, throughTheDoor, Bearer + key);
            Volatile.Write(ref told, context.Response.StatusCode);
        };

        using var answer = await gateway.Client.GetAsync("/play/film/master.m3u8");
        var problem = await ProblemAsync(answer, HttpStatusCode.BadGateway, "STREAMING_ASSET_BUILD_FAILED");
        Assert.True(problem.GetProperty("startupHint").GetProperty("transient").GetBoolean());
        Assert.Equal((int)status, Volatile.Read(ref told));
        Assert.Equal(0, (await transcoder.WorkAsync()).EncodersStarted);
        Assert.DoesNotContain(origin.Requests, r => r.Target == Film && r.Method == "GET");
    }

    private static Task<GatewayWithStub> GatewayAsync(ScriptedOrigin origin, ScriptedOrigin door, JustInTimeHost transcoder) => GatewayWithStub.StartAtAsync(
        origin.Address,
        $"--ReverseProxy:Clusters:maker:Destinations:a:Address={transcoder.Url}/",
        "--ReverseProxy:Clusters:maker:Metadata:Media=true",
        $"--Gateway:Transcoder:Url={transcoder.Url}/",
        "--Gateway:Transcoder:Cluster=maker",
        $"--Gateway:Transcoder:SourceBaseUrl={door.Address}",
        "--Gateway:Prefetch:Segments=0");

    private async Task<ScriptedOrigin> OriginAsync()
    {
        var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => context.Request.Path == Film
            ? Results.File(media.In("film.mp4"), "video/mp4", entityTag: new("\"one\""), enableRangeProcessing: true).ExecuteAsync(context)
            : ScriptedOrigin.Status(StatusCodes.Status404NotFound)(context);
        return origin;
    }

    private static async Task PassAsync(HttpContext context, HttpClient to, string credential)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path);
        request.Headers.TryAddWithoutValidation("Authorization", credential);
        if (context.Request.Headers.Range.ToString() is { Length: > 0 } range) request.Headers.TryAddWithoutValidation("Range", range);
        using var answer = await to.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentLength = answer.Content.Headers.ContentLength;
        context.Response.Headers.ETag = answer.Headers.ETag?.ToString();
        context.Response.Headers.ContentRange = answer.Content.Headers.ContentRange?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>A library with nothing in it.</summary>
    private sealed class EmptyFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("no-library-").FullName;

        public void Dispose() => Directory.Delete(Path);
    }
}
