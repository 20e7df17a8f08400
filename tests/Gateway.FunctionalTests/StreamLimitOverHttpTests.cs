using System.Net;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>A user with one stream has one, whatever its players say and do.</summary>
public sealed class StreamLimitOverHttpTests : IAsyncLifetime
{
    private const string Init = "?CMCD=ot%3Di";
    private readonly string _keys = Path.GetTempFileName();
    private GatewayWithStub? _fixture;
    private HttpClient? _ada;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_keys, KeySet);
        _fixture = await GatewayWithStub.StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={_keys}");
        _ada = WithToken(_fixture, "ada", """, "max_streams": 1""");
    }

    public async ValueTask DisposeAsync()
    {
        _ada?.Dispose();
        if (_fixture is not null) await _fixture.DisposeAsync();
        File.Delete(_keys);
    }

    [Fact]
    public async Task Handoff_TheSuccessorsFirstSegment_EndsThePredecessorsStream()
    {
        var old = await CreateAsync(_ada!, new { mediaId = "demo" });
        var before = await HlsViewer.StartAsync(_ada!, old.GetProperty("hlsUrl").GetString()!);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(before.Segments[0].PathAndQuery));
        var next = await HandoffAsync(_ada!, old.GetProperty("sessionId").GetString(), new { });
        var after = await HlsViewer.StartAsync(_ada!, next.GetProperty("hlsUrl").GetString()!);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(before.Segments[1].PathAndQuery));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(after.Segments[1].PathAndQuery + Init));

        await RefusedAsync(before.Segments[2].PathAndQuery);
        await RefusedAsync(before.Segments[2].PathAndQuery + Init);
        await RefusedAsync(old.GetProperty("hlsUrl").GetString()!);
        Assert.True((await PostAsync(_ada!, $"{Root}/{old.GetProperty("sessionId").GetString()}/heartbeat", """{"positionSec":1,"isPlaying":true}""")).IsSuccessStatusCode);
        await RefusedAsync(before.Segments[2].PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(after.Segments[2].PathAndQuery));
    }

    [Fact]
    public async Task OpenedAheadOfTime_AndAlwaysInitSections_AreOneStream()
    {
        var first = await CreateAsync(_ada!, new { mediaId = "demo", prewarm = true });
        var second = await CreateAsync(_ada!, new { mediaId = "demo", prewarm = true });
        var one = await HlsViewer.StartAsync(_ada!, first.GetProperty("hlsUrl").GetString()!);
        var other = await HlsViewer.StartAsync(_ada!, second.GetProperty("hlsUrl").GetString()!);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await AskAsync(one.Segments[i].PathAndQuery + Init));
            await RefusedAsync(other.Segments[i].PathAndQuery + Init);
        }
    }

    [Fact]
    public async Task Play_SamePlayerOnTwoTitles_GoesOnFromOneToTheOther()
    {
        var one = await HlsViewer.StartAsync(_ada!, "/play/demo/master.m3u8?CMCD=sid%3D%22x%22");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(one.Segments[0].PathAndQuery));
        var other = await HlsViewer.StartAsync(_ada!, "/play/demo-ts/master.m3u8?CMCD=sid%3D%22x%22");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other.Segments[0].PathAndQuery));
        await RefusedAsync(one.Segments[1].PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other.Segments[1].PathAndQuery));
        await RefusedAsync("/play/demo/direct.mp4?CMCD=sid%3D%22y%22");
    }

    private async Task<HttpStatusCode> AskAsync(string path)
    {
        using var answer = await _ada!.GetAsync(path);
        return answer.StatusCode;
    }

    private async Task RefusedAsync(string path)
    {
        using var answer = await _ada!.GetAsync(path);
        await ProblemAsync(answer, HttpStatusCode.TooManyRequests, "STREAMING_TOO_MANY_STREAMS");
    }
}
