using System.Net;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>The API as a gateway uses it, with one transcoder being source and transcoder at a time.</summary>
public sealed class ApiTests
{
    private const string Key = "the-key-of-the-tests";

    private static readonly string s_noLibrary = "";

    [Fact]
    public async Task Start_OfARemoteSource_GivesAddressesThatPlay()
    {
        await using var host = await JustInTimeHost.StartAsync(s_noLibrary);
        var (status, body, _) = await host.SendAsync(HttpMethod.Post, "/transcode/start", Demo(host, new { profile = "360p", sessionId = "s1" }));

        Assert.Equal(201, status);
        Assert.Equal("v360", body.GetProperty("profile").GetString());
        Assert.Equal(928, body.GetProperty("estimatedBitrateKbps").GetInt32());
        Assert.Equal(32, body.GetProperty("durationSec").GetDouble(), 0.1);
        foreach (var url in (string[])["manifestUrl", "mpdUrl", "trackUrl"])
        {
            using var answer = await host.Client.GetAsync(body.GetProperty(url).GetString());
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var place = $"/transcode/{body.GetProperty("transcodeId").GetString()}";
        Assert.NotEmpty(await host.Client.GetByteArrayAsync($"{place}/v360/seg_00001.m4s"));
        Assert.NotEmpty(await host.Client.GetByteArrayAsync($"{place}/a128/seg_00001.m4s"));
    }

    [Fact]
    public async Task Start_OfTheSameByTwoSessions_IsOneTranscodeThatEndsWithTheLast()
    {
        await using var host = await JustInTimeHost.StartAsync(s_noLibrary);
        var first = (await host.SendAsync(HttpMethod.Post, "/transcode/start", Demo(host, new { sessionId = "s1" }))).Body.GetProperty("transcodeId").GetString();
        var second = (await host.SendAsync(HttpMethod.Post, "/transcode/start", Demo(host, new { sessionId = "s2" }))).Body.GetProperty("transcodeId").GetString();
        Assert.Equal(first, second);

        Assert.Equal(204, (await host.SendAsync(HttpMethod.Delete, $"/transcode/{first}?sessionId=s1")).Status);
        Assert.Equal(1, (await host.SendAsync(HttpMethod.Get, $"/transcode/{first}")).Body.GetProperty("sessions").GetInt32());
        Assert.Equal(204, (await host.SendAsync(HttpMethod.Delete, $"/transcode/{first}?sessionId=s2")).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, $"/transcode/{first}/master.m3u8")).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Delete, $"/transcode/{first}?sessionId=s2")).Status);
        await host.UntilWorkAsync(w => w.Running == 0);
    }

    [Fact]
    public async Task Change_OfBandwidth_ChoosesAnotherRungAndPreparesIt()
    {
        await using var host = await JustInTimeHost.StartAsync(s_noLibrary);
        var (_, body, _) = await host.SendAsync(HttpMethod.Post, "/transcode/start", Demo(host, new { format = "opus", bandwidthKbps = 1000 }));
        Assert.Equal("a192", body.GetProperty("profile").GetString());
        var id = body.GetProperty("transcodeId").GetString();

        var (status, changed, _) = await host.SendAsync(HttpMethod.Patch, $"/transcode/{id}", new { bandwidthKbps = 200, jitterKbps = 40, positionSec = 10 });
        Assert.Equal((200, "a96", 96), (status, changed.GetProperty("profile").GetString(), changed.GetProperty("estimatedBitrateKbps").GetInt32()));
    }

    [Fact]
    public async Task Enhancement_OfEqualIntensities_IsOneTitleAndSoundsOtherThanWithout()
    {
        await using var host = await JustInTimeHost.StartAsync(s_noLibrary, "--Transcoder:Encoding:Ahead=00:00:00");
        var ids = new List<string?>();
        foreach (var body in (string[])["{M,\"enhanced\":true,\"preset\":\"warm\",\"intensity\":1}", "{M,\"enhanced\":true,\"preset\":\"warm\",\"intensity\":1.00}",
            "{M,\"enhanced\":true,\"preset\":\"warm\",\"intensity\":0.987}", "{M,\"enhanced\":true,\"preset\":\"warm\",\"intensity\":0.521}",
            "{M,\"enhanced\":true,\"preset\":\"warm\",\"intensity\":0.5}", "{M}", "{M,\"enhanced\":false,\"preset\":\"warm\",\"intensity\":0.7}"])
        {
            var text = body.Replace("M", $"\"mediaId\":\"demo\",\"format\":\"opus\",\"sourceUrl\":\"{host.Url}/demo/direct.mp4\"", StringComparison.Ordinal);
            using var answer = await host.Client.PostAsync("/transcode/start", new StringContent(text, System.Text.Encoding.UTF8, "application/json"));
            ids.Add(System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("transcodeId").GetString());
        }

        Assert.Equal([ids[0], ids[0]], ids[1..3]);
        Assert.Equal(ids[3], ids[4]);
        Assert.Equal(ids[5], ids[6]);
        Assert.Equal(3, ids.Distinct(StringComparer.Ordinal).Count());
        var sounds = await Task.WhenAll(ids.Distinct(StringComparer.Ordinal).Select(id => host.Client.GetByteArrayAsync($"/transcode/{id}/a96/seg_00003.m4s")));
        Assert.NotEqual(sounds[0], sounds[1]);
        Assert.NotEqual(sounds[0], sounds[2]);
    }

    [Theory]
    [InlineData("GET", "/profiles")]
    [InlineData("POST", "/transcode/start")]
    [InlineData("PATCH", "/transcode/x")]
    [InlineData("DELETE", "/transcode/x")]
    [InlineData("GET", "/transcode/x")]
    public async Task Api_WithoutOrWithAWrongKey_Is401(string method, string path)
    {
        await using var host = await JustInTimeHost.StartAsync(s_noLibrary, $"--Transcoder:Api:Key={Key}");

        Assert.Equal(401, (await host.SendAsync(new HttpMethod(method), path, new { })).Status);
        Assert.Equal(401, (await host.SendAsync(new HttpMethod(method), path, new { }, Key + "x")).Status);
        Assert.NotEqual(401, (await host.SendAsync(new HttpMethod(method), path, new { mediaId = "none" }, Key)).Status);
    }

    [Fact]
    public async Task Media_WhereTheKeyIsNeeded_Is401WithoutIt()
    {
        await using var host = await JustInTimeHost.StartAsync(s_noLibrary, $"--Transcoder:Api:Key={Key}", "--Transcoder:Api:MediaNeedsKey=true");
        var url = (await host.SendAsync(HttpMethod.Post, "/transcode/start", Demo(host, new { }), Key)).Body.GetProperty("mpdUrl").GetString()!;

        Assert.Equal(401, (await host.SendAsync(HttpMethod.Get, url)).Status);
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, url, key: Key)).Status);
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("{\"mediaId\":\"\"}", 400)]
    [InlineData("{\"mediaId\":\"../../etc/passwd\"}", 404)]
    [InlineData("{\"mediaId\":\"x\",\"profile\":7}", 400)]
    [InlineData("nonsense", 400)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"file:///etc/passwd\"}", 400)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"http://example.org/film.mp4\"}", 403)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"http://127.0.0.1:1/film.mp4\"}", 502)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"STUB/nothing.mp4\"}", 404)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"STUB/demo/direct.mp4\",\"profile\":\"9000p\"}", 400)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"STUB/demo/direct.mp4\",\"format\":\"avi\"}", 400)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"STUB/demo/direct.mp4\",\"segmentSec\":0.01}", 400)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"STUB/demo/direct.mp4\",\"startPositionSec\":-1}", 400)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"STUB/demo/direct.mp4\",\"preset\":\"loud\"}", 400)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"STUB/demo/direct.mp4\",\"intensity\":1.1}", 400)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"STUB/demo/direct.mp4\",\"bandwidthKbps\":-1}", 400)]
    [InlineData("{\"mediaId\":\"x\",\"sourceUrl\":\"STUB/demo/master.m3u8\"}", 422)]
    public async Task Start_ThatIsWrong_IsRefusedWithoutWork(string body, int expected)
    {
        await using var host = await JustInTimeHost.StartAsync(s_noLibrary);
        using var answer = await host.Client.PostAsync("/transcode/start", new StringContent(body.Replace("STUB", host.Url, StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Equal(0, (await host.WorkAsync()).EncodersStarted);
    }

    [Fact]
    public async Task Source_ThatIsAnotherVersionThanMeasured_IsNotMixed()
    {
        await using var host = await JustInTimeHost.StartAsync(s_noLibrary);
        var title = await host.StartStalledAsync();

        // The same address, another file: a redirect would be one way, an answer with other bytes and without the tag is the plainest.
        using var put = await host.Client.PutAsync("/_stub/faults", new StringContent("""[{"kind":"body","path":"/demo/direct.mp4","body":"something else"}]""", System.Text.Encoding.UTF8, "application/json"));
        var (status, body, _) = await host.SendAsync(HttpMethod.Get, $"{title}/v360/seg_00001.m4s");

        Assert.Equal((502, "TRANSCODER_SOURCE_GONE", true), (status, body.GetProperty("code").GetString(), body.GetProperty("transient").GetBoolean()));
    }

    private static Dictionary<string, object?> Demo(JustInTimeHost host, object more)
    {
        var all = more.GetType().GetProperties().ToDictionary(p => p.Name, p => p.GetValue(more), StringComparer.Ordinal);
        all["mediaId"] = "demo";
        all["sourceUrl"] = $"{host.Url}/demo/direct.mp4";
        return all;
    }
}
