namespace Gateway.Benchmarks;

/// <summary>Plays a broadcast at its edge: a reload, then the newest segment.</summary>
internal sealed class SoakViewer(HttpClient client, string name)
{
    private Uri _playlist = new("/play/live/index.m3u8", UriKind.Relative);

    public async Task StepAsync()
    {
        using var answer = await GetAsync(_playlist);
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        var address = new Uri(client.BaseAddress!, _playlist);
        var newest = new Uri(address, lines.Last(l => l.Length > 0 && l[0] != '#'));
        // After the first response the viewer uses the session's own URL, as a redirected player does.
        if (newest.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal)) _playlist = new Uri(newest, "index.m3u8");
        using var segment = await GetAsync(newest);
        await using var body = await segment.Content.ReadAsStreamAsync();
        await body.CopyToAsync(Stream.Null);
    }

    private async Task<HttpResponseMessage> GetAsync(Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.UserAgent.ParseAdd(name);
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.EnsureSuccessStatusCode();
    }
}
