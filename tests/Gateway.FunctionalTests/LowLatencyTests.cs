using System.Net;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests;

/// <summary>Low-latency HLS through the cache: blocking reloads are coalesced, and the playlist comes as soon as upstream has it.</summary>
public sealed partial class LowLatencyTests
{
    private const int Players = 200;

    private static readonly TimeSpan SegmentTime = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task BlockingReload_OfManyPlayers_IsOneUpstreamRequest()
    {
        // The stream goes on when all requests are in, and not before.
        var live = ManualTimeProvider.FromNow();
        await using var fixture = await GatewayWithStub.StartAsync(ManualTimeProvider.FromNow(), live);
        var viewers = new List<HlsViewer>();
        for (var i = 0; i < Players; i++) viewers.Add(await HlsViewer.StartAsync(fixture.Client, $"/play/demo-ll/master.m3u8?CMCD=sid%3D%22p{i}%22"));
        Assert.Equal(Players, viewers.Select(v => v.Variant).Distinct().Count());

        // Two segments ahead of what is listed is as far as a player may ask.
        var now = await HlsViewer.StartAsync(fixture.Client, "/play/demo-ll/master.m3u8?CMCD=sid%3D%22last%22");
        var wanted = FirstSequence(now.Playlist) + now.Segments.Count + 1;
        fixture.StubPart<RequestLog>().Clear();
        var idle = live.Armed;
        var asking = Task.WhenAll(viewers.Select(v => fixture.Client.GetAsync(new Uri(v.Variant, $"?_HLS_msn={wanted}"))));
        await Patience.UntilAsync(() => Task.FromResult(live.Armed > idle));
        Assert.False(asking.IsCompleted);
        live.Advance(2 * SegmentTime);
        var answers = await asking;

        foreach (var answer in answers)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var playlist = await answer.Content.ReadAsStringAsync();
            Assert.True(FirstSequence(playlist) + Extinf().Count(playlist) > wanted);
            answer.Dispose();
        }

        var asked = fixture.StubPart<RequestLog>().Snapshot().Where(r => r.Query.Contains($"_HLS_msn={wanted}", StringComparison.Ordinal));
        Assert.Single(asked);
    }

    [Theory]
    [InlineData("?_HLS_part=1")]
    [InlineData("?_HLS_msn=soon")]
    [InlineData("?_HLS_msn=99999999999")]
    public async Task BlockingReload_Impossible_Is400(string query)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo-ll/master.m3u8");
        using var answer = await fixture.Client.GetAsync(new Uri(viewer.Variant, query));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task BlockingReload_UpstreamHasStopped_EndsWith503()
    {
        var clock = ManualTimeProvider.FromNow();
        await using var fixture = await GatewayWithStub.StartAsync(
            clock, "--Gateway:Manifests:BlockingWait=00:00:01", "--Gateway:Origin:Retries=0", "--Gateway:Origin:TimeBudget=00:00:01", "--Gateway:Origin:FirstByteTimeout=00:00:01");
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo-ll/master.m3u8");
        await fixture.PutFaultsAsync(new { kind = "silence", path = "/demo-ll/**" });
        var asking = fixture.Client.GetAsync(new Uri(viewer.Variant, $"?_HLS_msn={FirstSequence(viewer.Playlist) + viewer.Segments.Count}"));
        await clock.AdvanceUntilAsync(() => asking.IsCompleted, TimeSpan.FromMilliseconds(200));
        using var answer = await asking;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task DeltaUpdate_CachedBesideTheWhole_IsKeptApart()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo-ll/master.m3u8");
        var delta = await fixture.Client.GetStringAsync(new Uri(viewer.Variant, "?_HLS_skip=YES"));
        var whole = await fixture.Client.GetStringAsync(viewer.Variant);
        Assert.Contains("#EXT-X-SKIP:", delta, StringComparison.Ordinal);
        Assert.DoesNotContain("#EXT-X-SKIP:", whole, StringComparison.Ordinal);
    }

    private static long FirstSequence(string playlist) =>
        long.Parse(MediaSequence().Match(playlist).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("^#EXT-X-MEDIA-SEQUENCE:(\\d+)", RegexOptions.Multiline)]
    private static partial Regex MediaSequence();

    [GeneratedRegex("^#EXTINF:", RegexOptions.Multiline)]
    private static partial Regex Extinf();
}
