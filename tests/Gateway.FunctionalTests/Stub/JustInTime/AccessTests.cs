using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.FunctionalTests.Transcoding;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using TranscoderStub.Access;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>Who may use what of the transcoder, with a key and without one.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string Key = "the-key-of-the-tests";
    private const string WithKey = $"--Transcoder:Api:Key={Key}";

    private readonly string _library = Directory.CreateTempSubdirectory("access-").FullName;

    public async ValueTask InitializeAsync() => await Ffmpeg.RunAsync("-f", "lavfi", "-i", "sine=440:d=6", Path.Combine(_library, "sound.wav"));

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    public static TheoryData<string, string> Guarded => new()
    {
        { "GET", "/jit/sound.wav/cmaf/manifest.mpd" }, { "HEAD", "/jit/sound.wav/cmaf/a64/seg_00001.m4s" }, { "GET", "/_stub/requests" }, { "DELETE", "/_stub/requests" },
        { "GET", "/_stub/faults" }, { "PUT", "/_stub/faults" }, { "DELETE", "/_stub/faults" }, { "GET", "/_stub/work" }, { "GET", "/_stub/library" }, { "GET", "/_stub/titles" },
        { "GET", "/profiles" }, { "POST", "/transcode/start" },
    };

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Caller_WithoutTheKey_Is401AndCostsNoWork(string method, string path)
    {
        await using var host = await JustInTimeHost.StartAsync(_library, WithKey);

        foreach (var key in (string?[])[null, Key + "x", ""])
        {
            var (status, body, answer) = await host.SendAsync(new HttpMethod(method), path, null, key);
            Assert.Equal((401, "Bearer"), (status, answer.Headers.WwwAuthenticate.Single().Scheme));
            if (method != "HEAD") Assert.Equal("TRANSCODER_UNAUTHORIZED", body.GetProperty("code").GetString());
        }

        Assert.Equal(0, host.Part<TranscoderStub.JustInTime.WorkCounters>().Snapshot(0, 0, 0).EncodersStarted);
        Assert.NotEqual(401, (await host.SendAsync(new HttpMethod(method), path, method == "PUT" ? Array.Empty<int>() : null, Key)).Status);
    }

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Caller_OfAnotherMachineWithoutAKeySet_Is403WithWhatToDo(string method, string path)
    {
        await using var host = await JustInTimeHost.StartAsync(_library, FromElsewhere);

        var (status, body, _) = await host.SendAsync(new HttpMethod(method), path);
        Assert.Equal(403, status);
        if (method != "HEAD") Assert.Contains("Transcoder:Api:Key", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/demo/master.m3u8")]
    [InlineData("/demo/v360/seg_00001.m4s")]
    [InlineData("/demo-live/master.m3u8")]
    [InlineData("/healthz")]
    public async Task BundledTitle_AskedFromAnywhere_IsOpen(string path)
    {
        await using var keyed = await JustInTimeHost.StartAsync(_library, FromElsewhere, WithKey);
        await using var keyless = await JustInTimeHost.StartAsync(_library, FromElsewhere);

        Assert.Equal((200, 200), ((await keyed.SendAsync(HttpMethod.Get, path)).Status, (await keyless.SendAsync(HttpMethod.Get, path)).Status));
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("[::1]", 200)]
    [InlineData("rebound.example", 403)]
    public async Task Page_WhoseNameLeadsHere_IsNoCallerOfThisMachine(string name, int expected)
    {
        await using var host = await JustInTimeHost.StartAsync(_library);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/_stub/library") { Headers = { Host = name } };
        using var answer = await host.Client.SendAsync(request);

        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Capability_OfTheKey_OpensMediaAndNothingElse()
    {
        await using var host = await JustInTimeHost.StartAsync(_library, FromElsewhere, WithKey);
        var folder = (await host.SendAsync(HttpMethod.Get, "/profiles", null, Key)).Body.GetProperty("mediaFolder").GetString()!;

        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, $"{folder}sound.wav/cmaf/a64/seg_00001.m4s")).Status);
        Assert.Equal(401, (await host.SendAsync(HttpMethod.Get, $"{folder[..^2]}g/sound.wav/cmaf/a64/seg_00001.m4s")).Status);
        Assert.Equal(401, (await host.SendAsync(HttpMethod.Get, "/jit/~/sound.wav/cmaf/a64/seg_00001.m4s")).Status);
        Assert.Equal(401, (await host.SendAsync(HttpMethod.Get, "/_stub/library")).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, $"{folder}sound.wav/cmaf")).Status);
        Assert.DoesNotContain(host.Part<RequestLog>().Snapshot(), r => r.Path.Contains(host.Part<ApiAccess>().Capability, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Capability_WhereMediaNeedTheKey_OpensNothing()
    {
        await using var host = await JustInTimeHost.StartAsync(_library, WithKey, "--Transcoder:Api:MediaNeedsKey=true");
        var path = $"/jit/~{host.Part<ApiAccess>().Capability}/sound.wav/cmaf/manifest.mpd";

        Assert.Equal(401, (await host.SendAsync(HttpMethod.Get, path)).Status);
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, path, null, Key)).Status);
    }

    [Fact]
    public async Task Gateway_WithTheKey_ReachesAllThatItNeedsAndTellsNobodyTheCapability()
    {
        var events = Path.Combine(_library, "events.ndjson");
        await using var host = await GatewayWithTranscoder.StartAsync(_library, [WithKey], [$"--Gateway:Transcoder:Key={Key}", "--Gateway:Prefetch:Segments=0", $"--Gateway:Telemetry:EventsFile={events}"]);
        using var chunk = await host.Client.GetAsync("/api/player/stream_chunk/sound.wav/0?enhanced=true&preset=warm&intensity=0.5");
        using var track = await host.Client.GetAsync("/api/library/tracks/sound.wav");
        using var listed = await host.Client.GetAsync("/play/jit/sound.wav/webm/manifest.mpd");
        using var started = await host.Client.GetAsync("/play/sound.wav/master.m3u8");
        using var other = await host.Client.GetAsync("/play/jit/sound.wav/webm_1.5_0/manifest.mpd");
        var id = listed.Headers.GetValues("X-Session-Id").Single();
        var session = await host.Client.GetStringAsync($"/api/v1/playback/sessions/{id}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (chunk.StatusCode, track.StatusCode, listed.StatusCode, started.StatusCode));
        Assert.NotEqual(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(1, host.Asked("POST", "/transcode/start"));
        await host.Gateway.DisposeAsync();
        var capability = host.Transcoder.Part<ApiAccess>().Capability;
        foreach (var told in (string[])[await listed.Content.ReadAsStringAsync(), await track.Content.ReadAsStringAsync(), session, await File.ReadAllTextAsync(events)])
        {
            Assert.NotEmpty(told);
            Assert.DoesNotContain(capability, told, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("POST", "/transcode/start", false)]
    [InlineData("DELETE", "/transcode/0123", false)]
    [InlineData("GET", "/_stub/requests", false)]
    [InlineData("GET", "/profiles", false)]
    [InlineData("GET", "/jit/sound.wav/cmaf/manifest.mpd", true)]
    public async Task Page_OfAnotherSite_MayReadMediaAndStartNothing(string method, string path, bool expected)
    {
        await using var host = await JustInTimeHost.StartAsync(_library);
        using var question = new HttpRequestMessage(HttpMethod.Options, path)
        {
            Headers = { { "Origin", "http://page.example" }, { "Access-Control-Request-Method", method }, { "Access-Control-Request-Headers", "content-type" } },
        };
        using var answer = await host.Client.SendAsync(question);

        // POST needs no place in Access-Control-Allow-Methods (Fetch, section 4.8: it is CORS-safelisted), so that the other two fields alone let it through.
        Assert.Equal(expected, answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task RequestLog_WithCredentialsInIt_TellsOfThemAndHidesThem()
    {
        await using var host = await JustInTimeHost.StartAsync(_library);
        const string Secret = "Sesame";
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"/demo/master.m3u8?a=b&token={Secret}&X-Amz-Signature={Secret}&hdnts={Secret}&Key-Pair-Id={Secret}&ac%63ess_token={Secret}&x=eyJ{Secret}&monkey=1&n={new string('n', 3000)}");
        foreach (var name in (string[])["Cookie", "X-Api-Key", "X-Admin-Key", "X-Auth-Token", "X-Internal-Key"]) request.Headers.TryAddWithoutValidation(name, Secret);
        request.Headers.TryAddWithoutValidation(new string('h', 5000), "v");
        using var answer = await host.Client.SendAsync(request);
        var seen = Assert.Single(host.Part<RequestLog>().Snapshot());

        Assert.DoesNotContain(Secret, JsonSerializer.Serialize(seen), StringComparison.Ordinal);
        Assert.StartsWith("?a=b&token=***&X-Amz-Signature=***&hdnts=***&Key-Pair-Id=***&access_token=***&x=***&monkey=1&n=nn", seen.Query, StringComparison.Ordinal);
        Assert.Equal("***", seen.Headers["x-api-key"]);
        Assert.InRange(seen.Query.Length, 1, 2000);
        Assert.All(seen.Headers.Keys, name => Assert.InRange(name.Length, 1, 300));
    }

    [Theory]
    [InlineData("[{\"kind\":\"body\",\"body\":\"N\"}]", 1_600_000, 400)]
    [InlineData("[{\"kind\":\"body\",\"body\":\"N\"}]", 2_200_000, 413)]
    [InlineData("[{\"kind\":\"silence\",\"path\":\"N\"}]", 3000, 400)]
    [InlineData("[{\"kind\":\"type\",\"contentType\":\"a\\nb\"}]", 1, 400)]
    public async Task Fault_BeyondItsBounds_IsRefused(string rules, int length, int expected)
    {
        await using var host = await JustInTimeHost.StartAsync(_library);
        using var put = await host.Client.PutAsync("/_stub/faults", new StringContent(rules.Replace("N", new string('n', length), StringComparison.Ordinal), Encoding.UTF8, "application/json"));

        Assert.Equal(expected, (int)put.StatusCode);
        Assert.Equal("[]", await host.Client.GetStringAsync("/_stub/faults"));
    }

    [Fact]
    public async Task Faults_MoreThanATableHolds_AreRefused()
    {
        await using var host = await JustInTimeHost.StartAsync(_library);
        using var put = await host.Client.PutAsync("/_stub/faults", new StringContent($"[{string.Join(',', Enumerable.Repeat("{\"kind\":\"silence\"}", 201))}]", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
    }

    private static void FromElsewhere(WebApplicationBuilder builder) => builder.Services.AddSingleton<IStartupFilter, Elsewhere>();

    /// <summary>Gives every caller an address of another machine.</summary>
    private sealed class Elsewhere : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
                return following(context);
            });
            next(app);
        };
    }
}
