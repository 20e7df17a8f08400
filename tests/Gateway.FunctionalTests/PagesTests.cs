using System.Net;
using Gateway.Configuration;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>The pages as files: types that browsers accept, a policy, and no stale script.</summary>
public sealed class PagesTests
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/js/page.js", "text/javascript")]
    [InlineData("/css/page.css", "text/css")]
    [InlineData("/titles.json", "application/json")]
    [InlineData("/icon.svg", "image/svg+xml")]
    public async Task Page_Asked_ComesWithItsTypeAndAPolicy(string path, string type)
    {
        await using var fixture = await GatewayWithStub.StartAsync();

        using var answer = await fixture.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        // hls.js and shaka-player show subtitles by a track without an address of its own.
        Assert.Contains("media-src 'self' blob: data:;", policy, StringComparison.Ordinal);
        Assert.Equal("no-cache", answer.Headers.CacheControl?.ToString());
        Assert.NotNull(answer.Headers.ETag);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.NotFound)]
    public async Task CapturePage_Asked_IsThereWithLiveIngestOnly(bool isOn, HttpStatusCode expected)
    {
        var folder = Directory.CreateTempSubdirectory("live-").FullName;
        await using (var fixture = await GatewayWithStub.StartAsync([.. isOn ? Live.LiveHost.KnobsFor(folder, "http://127.0.0.1:9", 9) : []]))
        {
            using var page = await fixture.Client.GetAsync("/capture/");
            using var script = await fixture.Client.GetAsync("/capture/capture.js");
            using var titles = await fixture.Client.GetAsync("/titles.json");

            Assert.Equal(expected, page.StatusCode);
            Assert.Equal(isOn, page.Headers.TryGetValues("Content-Security-Policy", out var policy) && policy.Single().Contains("script-src 'self';", StringComparison.Ordinal));
            Assert.Equal(expected, script.StatusCode);
            Assert.Equal(isOn, titles.Headers.Contains("Link"));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Titles_WithoutAFile_AreNone()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Player:TitlesFile=");

        Assert.Equal("[]", await fixture.Client.GetStringAsync("/titles.json", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("{}", "no list of titles")]
    [InlineData("[{\"id\":\"a\"}]", "no list of titles")]
    [InlineData("[{\"id\":\"a\",\"name\":\"A\",\"assets\":{},\"track\":5}]", "no list of titles")]
    [InlineData("[", "no JSON")]
    [InlineData(null, "cannot be read")]
    public async Task Titles_InAWrongFile_RefuseTheStart(string? content, string reason)
    {
        var path = Path.GetTempFileName();
        try
        {
            if (content is null) File.Delete(path);
            else await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

            var refusal = await Assert.ThrowsAsync<WrongConfigurationException>(() => GatewayWithStub.StartAsync($"--Gateway:Player:TitlesFile={path}"));

            Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
            Assert.Contains("TitlesFile", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("/appsettings.json")]
    [InlineData("/../appsettings.json")]
    [InlineData("/%2e%2e/appsettings.json")]
    [InlineData("/js/..%2f..%2fappsettings.json")]
    [InlineData("/package.json")]
    [InlineData("/js/")]
    public async Task Page_OutsideOfThePages_IsUnknown(string path)
    {
        await using var fixture = await GatewayWithStub.StartAsync();

        using var answer = await fixture.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
