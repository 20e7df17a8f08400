using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text;
using Gateway.Caching;
using Gateway.Manifests;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Tests.Caching;
using Gateway.Timelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Tests.Manifests;

public sealed class ManifestReaderTests : IAsyncDisposable
{
    private static readonly byte[] Live = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n#EXTINF:4,\nb.ts\n"u8.ToArray();
    private static readonly MediaAddress Playlist = new("origin", "/titles/demo/media.m3u8", "");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly CacheFixture _fixture = new();
    private readonly ManifestReader _reader;
    private long _parsed;

    public ManifestReaderTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "gateway.manifest.versions") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _parsed, count));
        _listener.Start();
        var upstreams = new Upstreams(NullLogger<Upstreams>.Instance);
        upstreams.ConfigurationApplied([new InMemoryConfigProvider([], [Origin]).GetConfig()]);
        _reader = new ManifestReader(upstreams, new ManifestsOptions(), new RewritingBudget(new ManifestsOptions()), new ManifestMetrics(meters), _fixture.Clock);
    }

    private static ClusterConfig Origin => new()
    {
        ClusterId = "origin",
        Destinations = new Dictionary<string, DestinationConfig> { ["a"] = new() { Address = "http://origin.example/" } },
    };

    private async Task<ManifestReading> ReadAsync(CacheReply reply, CancellationToken leaving = default) =>
        await _reader.ReadAsync(reply, Playlist, isBlocking: false, leaving);

    [Fact]
    public async Task NewVersion_ManyPlayersWaitForIt_ParsedOnce()
    {
        var opens = Enumerable.Range(0, 200).Select(_ => _fixture.OpenAsync(_reader.RequestFor(Playlist))).ToArray();
        var call = await _fixture.Upstream.NextAsync();
        call.Head(200, Live.Length).Send(Live.AsSpan(0, 30));
        var replies = await Task.WhenAll(opens).WaitAsync(Deadline.Value);
        var reads = replies.Select(r => ReadAsync(r)).ToArray();
        call.Send(Live.AsSpan(30)).End();

        var readings = await Task.WhenAll(reads).WaitAsync(Deadline.Value);
        Assert.Equal(1, Interlocked.Read(ref _parsed));
        Assert.NotNull(readings[0].Manifest);
        Assert.All(readings, r => Assert.Same(readings[0].Manifest, r.Manifest));

        using var late = await _fixture.OpenAsync(_reader.RequestFor(Playlist)).WaitAsync(Deadline.Value);
        Assert.Same(readings[0].Manifest, (await ReadAsync(late)).Manifest);
        Assert.Equal(1, Interlocked.Read(ref _parsed));
        foreach (var reply in replies) reply.Dispose();
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public async Task Confirmation_OfALivePlaylist_LivesHalfATargetDurationAgain(bool isDash, int seconds)
    {
        byte[] dash = [.. """<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" minimumUpdatePeriod="PT2S"><Period id="a"/></MPD>"""u8];
        _fixture.Upstream.Answers = call => call.Answer(200, isDash ? dash : Live, ("ETag", "\"a\""));
        await ReadOnceAsync();
        _fixture.Upstream.Answers = call => call.Head(304, null, ("ETag", "\"a\"")).End();
        for (var round = 0; round < 3; round++)
        {
            _fixture.Clock.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(TimeSpan.FromSeconds(seconds), await ReadOnceAsync());
        }

        Assert.Equal(4, _fixture.Upstream.Count);

        async Task<TimeSpan?> ReadOnceAsync()
        {
            using var reply = await _fixture.OpenAsync(_reader.RequestFor(Playlist)).WaitAsync(Deadline.Value);
            Assert.NotNull((await ReadAsync(reply)).Manifest);
            return reply.FreshFor;
        }
    }

    [Fact]
    public async Task Reader_LeavesBeforeTheEnd_TheNextOneParses()
    {
        using var leaving = new CancellationTokenSource();
        var opens = Enumerable.Range(0, 3).Select(_ => _fixture.OpenAsync(_reader.RequestFor(Playlist))).ToArray();
        var call = await _fixture.Upstream.NextAsync();
        call.Head(200, Live.Length).Send(Live.AsSpan(0, 30));
        var replies = await Task.WhenAll(opens).WaitAsync(Deadline.Value);
        var first = ReadAsync(replies[0], leaving.Token);
        var others = new[] { ReadAsync(replies[1]), ReadAsync(replies[2]) };

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Deadline.Value));
        replies[0].Dispose();
        call.Send(Live.AsSpan(30)).End();

        var readings = await Task.WhenAll(others).WaitAsync(Deadline.Value);
        Assert.All(readings, r => Assert.Equal(2, r.Manifest!.Timelines[0].Count));
        Assert.Equal(1, Interlocked.Read(ref _parsed));
        replies[1].Dispose();
        replies[2].Dispose();
    }

    [Theory]
    [InlineData("/titles/demo/list", null, true)]
    [InlineData("/titles/demo/list", "application/json", true)]
    [InlineData("/titles/demo/list.m3u8", "application/json", true)]
    public async Task Playlist_IsKnownByWhatItIs_WhateverItIsCalled(string path, string? type, bool isPlaylist)
    {
        _fixture.Upstream.Answers = call => call.Answer(200, Live, type is null ? [] : [("Content-Type", type)]);
        var address = new MediaAddress("origin", path, "");
        using var reply = await _fixture.OpenAsync(_reader.RequestFor(address)).WaitAsync(Deadline.Value);
        var reading = await _reader.ReadAsync(reply, address, isBlocking: false, CancellationToken.None);
        Assert.Equal(isPlaylist, reading.Manifest is { Timelines.Count: 1 });
    }

    [Fact]
    public async Task Body_BreaksOff_EverybodyLearnsIt()
    {
        var opens = Enumerable.Range(0, 3).Select(_ => _fixture.OpenAsync(_reader.RequestFor(Playlist))).ToArray();
        var call = await _fixture.Upstream.NextAsync();
        call.Head(200, Live.Length).Send(Live.AsSpan(0, 30));
        var replies = await Task.WhenAll(opens).WaitAsync(Deadline.Value);
        var reads = replies.Select(r => ReadAsync(r)).ToArray();
        call.Break();

        foreach (var reading in await Task.WhenAll(reads).WaitAsync(Deadline.Value))
        {
            Assert.Null(reading.Manifest);
            Assert.Equal(ManifestOutcome.Truncated, reading.Refusal);
        }

        foreach (var reply in replies) reply.Dispose();
    }

    [Fact]
    public async Task Timelines_PlaylistImportsVariables_FollowTheSessionsMultivariantPlaylist()
    {
        var body = Encoding.UTF8.GetBytes("#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-DEFINE:IMPORT=\"cdn\"\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{$cdn}/a.ts\n");
        var open = _fixture.OpenAsync(_reader.RequestFor(Playlist));
        (await _fixture.Upstream.NextAsync()).Answer(200, body);
        using var reply = await open.WaitAsync(Deadline.Value);
        var manifest = (await ReadAsync(reply)).Manifest!;

        var edge = TimelinesWith("/edge");
        Assert.Equal("/edge/a.ts", edge[0][0].Address.Path);
        Assert.Equal("/titles/demo/near/a.ts", TimelinesWith("near")[0][0].Address.Path);
        // A reload of the multivariant playlist brings the same variables in another object.
        var again = TimelinesWith("/edge");
        Assert.Equal("/edge/a.ts", again[0][0].Address.Path);
        Assert.Same(again[0], TimelinesWith("/edge")[0]);
        Assert.Same(manifest.Timelines, _reader.TimelinesFor(manifest, FrozenDictionary<string, string>.Empty, "http://origin.example/titles/demo/media.m3u8", "origin"));

        IReadOnlyList<MediaTimeline> TimelinesWith(string cdn) => _reader.TimelinesFor(
            manifest, new Dictionary<string, string> { ["cdn"] = cdn }.ToFrozenDictionary(), "http://origin.example/titles/demo/media.m3u8", "origin");
    }

    [Fact]
    public async Task Timelines_NothingImported_AreSharedWhateverTheSessionDefines()
    {
        var open = _fixture.OpenAsync(_reader.RequestFor(Playlist));
        (await _fixture.Upstream.NextAsync()).Answer(200, Live);
        using var reply = await open.WaitAsync(Deadline.Value);
        var manifest = (await ReadAsync(reply)).Manifest!;

        var variables = new Dictionary<string, string> { ["cdn"] = "/edge" }.ToFrozenDictionary();
        Assert.Same(manifest.Timelines, _reader.TimelinesFor(manifest, variables, "http://origin.example/titles/demo/media.m3u8", "origin"));
    }

    [Theory]
    [InlineData("4", 12)]
    [InlineData("0", 18)]
    [InlineData("99999", 300)]
    public async Task Patience_AnyTargetDuration_IsThreeOfThemWithinBounds(string target, int seconds)
    {
        var open = _fixture.OpenAsync(_reader.RequestFor(Playlist));
        (await _fixture.Upstream.NextAsync()).Answer(200, Encoding.UTF8.GetBytes($"#EXTM3U\n#EXT-X-TARGETDURATION:{target}\n#EXTINF:4,\na.ts\n"));
        using var reply = await open.WaitAsync(Deadline.Value);
        var timeline = (await ReadAsync(reply)).Manifest!.Timelines[0];
        Assert.Equal(TimeSpan.FromSeconds(seconds), _reader.PatienceWith(timeline));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _fixture.DisposeAsync();
        await _services.DisposeAsync();
    }
}
