using System.Collections.Concurrent;
using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Prefetch;

/// <summary>
/// One of many viewers of the title <c>demo</c>: by number HLS or DASH, some switching renditions, some seeking, each asking for video and audio beside each other as
/// players do, and telling its buffer where its kind of player tells.
/// </summary>
internal sealed class ScriptedViewer : IDisposable
{
    /// <summary>Segments of the title.</summary>
    private const int Last = 16;

    private readonly int _number;
    private readonly HttpClient _client;
    private readonly ConcurrentDictionary<string, int> _demanded;
    private Uri? _media;
    private string _rendition;
    private int _step;
    private int _segment = 1;

    public ScriptedViewer(GatewayWithStub fixture, int number, ConcurrentDictionary<string, int> demanded)
    {
        _number = number;
        _client = fixture.NewClient($"viewer-{number}");
        _demanded = demanded;
        _rendition = number % 5 == 0 ? "v360" : number % 4 == 0 ? "v480" : "v720";
    }

    public bool IsHls => _number % 2 == 0;

    public bool HasEnded => _segment > Last || _step >= 10;

    public void Dispose() => _client.Dispose();

    /// <summary>Plays one segment further; the first time, loads manifests and initialisation sections.</summary>
    public async Task StepAsync()
    {
        if (HasEnded) return;
        if (_media is null) await StartAsync();
        if (_number % 7 == 3 && _step == 3) _segment = Math.Min(Last - 3, _segment + 6);
        if (_number % 3 == 1 && _step == 4) await SwitchAsync(_rendition == "v360" ? "v720" : "v360");
        if (_number % 5 == 0 && _step == 2) await SwitchAsync("v720");
        var name = string.Create(CultureInfo.InvariantCulture, $"seg_{_segment:D5}.m4s");
        await Task.WhenAll(GetAsync($"{_rendition}/{name}", "v"), GetAsync($"a64/{name}", "a"));
        _segment++;
        _step++;
    }

    private async Task StartAsync()
    {
        var sid = $"CMCD={Uri.EscapeDataString($"sid=\"viewer-{_number}\"")}";
        if (IsHls)
        {
            var master = await _client.GetStringAsync($"/play/demo/master.m3u8?{sid}");
            var first = master.Split('\n').First(l => l.Length > 0 && l[0] != '#').Trim();
            _media = new Uri(new Uri(_client.BaseAddress!, first), "../");
            await _client.GetStringAsync(new Uri(_media, "a64/index.m3u8"));
        }
        else
        {
            var mpd = await _client.GetStringAsync($"/play/demo/manifest.mpd?{sid}");
            var at = mpd.IndexOf("<BaseURL>", StringComparison.Ordinal) + "<BaseURL>".Length;
            _media = new Uri(mpd[at..mpd.IndexOf("</BaseURL>", at, StringComparison.Ordinal)]);
        }

        await GetAsync("a64/init.mp4", "i");
        await SwitchAsync(_rendition);
    }

    private async Task SwitchAsync(string rendition)
    {
        _rendition = rendition;
        if (IsHls) await _client.GetStringAsync(new Uri(_media!, $"{rendition}/index.m3u8"));
        await GetAsync($"{rendition}/init.mp4", "i");
    }

    private async Task GetAsync(string path, string type)
    {
        _demanded.AddOrUpdate($"/demo/{path}", 1, static (_, times) => times + 1);
        var told = _number % 4 < 2 ? $"?CMCD={Uri.EscapeDataString($"bl=4000,ot={type},sid=\"viewer-{_number}\"")}" : "";
        Assert.NotEmpty(await _client.GetByteArrayAsync(new Uri(_media!, path + told)));
    }
}
