using Gateway.FunctionalTests.Live;

namespace Gateway.FunctionalTests.Browser;

/// <summary>What the capture page says when it cannot record, or the gateway does not take what it records.</summary>
public sealed class CaptureErrorTests(Chromium withoutCamera, ChromiumThatDenies denying, ChromiumWithCamera allowing) : IClassFixture<Chromium>, IClassFixture<ChromiumThatDenies>, IClassFixture<ChromiumWithCamera>
{
    [Fact]
    public async Task Page_WhatCannotRecord_SaysWhyAndWhatToDo()
    {
        await using var host = await LiveHost.StartAsync("--Gateway:Live:InternalAccounts:0=somebody-else");
        await SaysAsync(withoutCamera, host.Gateway.Url, "No camera or no microphone was found", "Connect one");
        await SaysAsync(denying, host.Gateway.Url, "may not use camera or microphone", "Allow both");
        await SaysAsync(denying, host.Gateway.Url, "Nothing was chosen", "Press Start again", query: "source=screen");
        await SaysAsync(allowing, host.Gateway.Url, "STREAMING_LIVE_NOT_ALLOWED", "Gateway:Live:InternalAccounts");

        var insecure = new UriBuilder(host.Gateway.Url) { Host = ChromiumThatDenies.InsecureHost }.Uri;
        await SaysAsync(denying, insecure, "Browsers record on secure pages only", "https", starts: false);
        await SaysAsync(allowing, host.Gateway.Url, "This browser cannot record video", "current Chrome", starts: false, script: "delete window.VideoEncoder; delete window.MediaRecorder;");
    }

    [Fact]
    public async Task Page_LiveIngestSwitchedOffMeanwhile_SaysSo()
    {
        await using var host = await LiveHost.StartAsync();
        await using var capture = await CapturePage.OpenAsync(allowing, host.Gateway.Url);
        await capture.Page.RouteAsync("**/stream_sessions", route => route.FulfillAsync(new() { Status = 404, ContentType = "application/problem+json", Body = "{\"code\":\"STREAMING_ROUTE_NOT_FOUND\"}" }));
        await capture.StartAsync();

        var text = await capture.MessageAsync("failure");

        Assert.Contains("takes no live sessions", text, StringComparison.Ordinal);
        Assert.Contains("Gateway:Live:Enabled", text, StringComparison.Ordinal);
        Assert.False(await capture.Page.IsDisabledAsync("#start"));
    }

    private static async Task SaysAsync(Chromium chromium, Uri gateway, string what, string advice, string query = "source=camera", bool starts = true, string? script = null)
    {
        await using var capture = await CapturePage.OpenAsync(chromium, gateway, query, script);
        if (starts) await capture.StartAsync();
        var text = await capture.MessageAsync("failure");
        Assert.Contains(what, text, StringComparison.Ordinal);
        Assert.Contains(advice, text, StringComparison.Ordinal);
        Assert.Equal(starts, !await capture.Page.IsDisabledAsync("#start"));
        Assert.Equal(starts ? "Not started" : "Nothing yet", await capture.Page.TextContentAsync("#phase"));
        Assert.Empty(capture.Violations);
    }
}
