using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Runtime;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Gateway.Warmup;

/// <summary>
/// What players do, each thing once, and then what they do most, until the runtime has compiled what it will: methods that run often are compiled a second and a third time, in the background, and the first players would wait for that too.
/// </summary>
/// <remarks>
/// It asks in bursts, and waits after each until the compiler has done what the burst has asked of it: some dozens of calls are all that the runtime wants to see of a method, and further ones would only take the processors from the compiler.
/// </remarks>
internal sealed class SyntheticViewer : IDisposable
{
    private const int Connections = 8;

    /// <summary>Enough misses for their code, and few megabytes in the cache.</summary>
    private const int SegmentsEach = 16;

    private const string Cmcd = "CMCD=bl%3D12000%2Cbr%3D3200%2Cd%3D2000%2Cmtp%3D25000%2Cot%3Dv%2Csf%3Dh%2Csid%3D%22warmup%22";

    /// <summary>In a burst, of each connection: once what <see cref="RepeatAsync"/> asks.</summary>
    private const int Turns = 16;

    /// <summary>It is done when several bursts in a row have given it little to do: what only one turn in sixteen calls has been called often enough after some.</summary>
    private const int FewMethods = 10;
    private const int CalmBursts = 4;

    private static readonly Action<HttpRequestMessage> s_close = static request => request.Headers.ConnectionClose = true;

    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private int _answered;

    public SyntheticViewer(Uri gateway, Version version, X509Certificate2? certificate, TimeProvider time)
    {
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            // Its own spans are nobody's.
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => certificate is not null && certificate.Equals(shown) },
        })
        {
            BaseAddress = gateway,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36");
        _client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate, br");
    }

    /// <returns>How many requests were answered.</returns>
    /// <exception cref="HttpRequestException">A request was refused that no gateway refuses.</exception>
    public async Task<int> WatchAsync(CancellationToken limit)
    {
        var folder = await OnceAsync(limit);
        try
        {
            for (int burst = 0, calm = 0; calm < CalmBursts; burst++)
            {
                var before = JitInfo.GetCompiledMethodCount();
                var watching = new Task[Connections];
                for (var i = 0; i < watching.Length; i++) watching[i] = RepeatAsync(folder, i, burst, limit);
                await Task.WhenAll(watching);
                calm = await CompilerRest.WaitAsync(_time, limit) - before < FewMethods ? calm + 1 : 0;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // Warm enough for the time that there is.
        }

        return _answered;
    }

    public void Dispose() => _client.Dispose();

    /// <returns>Where the title lies within a session.</returns>
    private async Task<string> OnceAsync(CancellationToken limit)
    {
        await GetAsync("/health/ready", limit);
        await GetAsync("/", limit);
        using var created = await _client.PostAsJsonAsync("/api/v1/playback/sessions", new Dictionary<string, string>(StringComparer.Ordinal) { ["mediaId"] = SyntheticOrigin.Title, ["engine"] = "segmented" }, limit);
        using var session = JsonDocument.Parse(await created.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(limit));
        var hls = Text(session, "hlsUrl");
        var folder = hls[..(hls.LastIndexOf('/') + 1)];
        foreach (var entry in (string[])[hls, Text(session, "dashUrl"), $"/play/{SyntheticOrigin.Title}/master.m3u8", $"/play/{SyntheticOrigin.Title}/manifest.mpd"]) await GetAsync(entry, limit);
        foreach (var rendition in (string[])[SyntheticOrigin.SmallFolder, SyntheticOrigin.LargeFolder])
        {
            await GetAsync($"{folder}{rendition}list.m3u8", limit);
            await GetAsync($"{folder}{rendition}init.mp4", limit);
            var segment = $"{folder}{rendition}0.m4s";
            await GetAsync(segment, limit);
            await GetAsync($"{segment}?{Cmcd}", limit);
            await GetAsync(segment, limit, static request => request.Headers.TryAddWithoutValidation("Range", "bytes=100-1099"));
            await GetAsync(segment, limit, static request => request.Headers.TryAddWithoutValidation("If-None-Match", "\"1\""), HttpStatusCode.NotModified);
            await GetAsync(segment, limit, static request => request.Method = HttpMethod.Head);
        }

        using var beat = await _client.PostAsJsonAsync(new Uri($"/api/v1/playback/sessions/{Text(session, "sessionId")}/heartbeat", UriKind.Relative), new Dictionary<string, object>(StringComparer.Ordinal) { ["positionSec"] = 4.0, ["isPlaying"] = true }, limit);
        await GetAsync("/metrics", limit);
        return folder;
    }

    /// <summary>Segments that are held, ahead or absent, with the playlist in between, as the share of each is for players.</summary>
    private async Task RepeatAsync(string folder, int number, int burst, CancellationToken limit)
    {
        for (var turn = burst * Turns; turn < (burst + 1) * Turns; turn++)
        {
            var rendition = turn % 4 == 0 ? SyntheticOrigin.LargeFolder : SyntheticOrigin.SmallFolder;
            if (turn % Turns == Turns / 2) await GetAsync($"{folder}{rendition}list.m3u8", limit);
            // Each connection has a place of its own, and goes on from it after some turns; then it begins again.
            var segment = (number * SegmentsEach) + (turn / 8 % SegmentsEach);
            // Players come and go: the last request of a burst ends its connection.
            var isLast = turn == ((burst + 1) * Turns) - 1;
            await GetAsync(string.Create(CultureInfo.InvariantCulture, $"{folder}{rendition}{segment}.m4s?{Cmcd}"), limit, isLast && _client.DefaultRequestVersion.Major == 1 ? s_close : null);
        }
    }

    private async Task GetAsync(string target, CancellationToken cancel, Action<HttpRequestMessage>? adjust = null, HttpStatusCode allowed = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target, UriKind.RelativeOrAbsolute)) { Version = _client.DefaultRequestVersion, VersionPolicy = _client.DefaultVersionPolicy };
        adjust?.Invoke(request);
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (answer.StatusCode != allowed) answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null, cancel);
        Interlocked.Increment(ref _answered);
    }

    private static string Text(JsonDocument session, string name) => session.RootElement.GetProperty(name).GetString()!;
}
