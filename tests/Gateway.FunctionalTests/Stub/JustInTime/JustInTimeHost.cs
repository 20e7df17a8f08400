using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TranscoderStub.JustInTime;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>A transcoder on a free loopback port with a library and a store of its own.</summary>
internal sealed class JustInTimeHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private JustInTimeHost(WebApplication app, string store)
    {
        _app = app;
        Store = store;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = Patience.Deadline };
    }

    public HttpClient Client { get; }

    public string Url => _app.Urls.Single();

    /// <summary>Folder of made segments.</summary>
    public string Store { get; }

    public static Task<JustInTimeHost> StartAsync(string library, params string[] knobs) => StartAsync(library, adjust: null, knobs);

    public static async Task<JustInTimeHost> StartAsync(string library, Action<WebApplicationBuilder>? adjust, params string[] knobs)
    {
        var store = Path.Combine(Path.GetTempPath(), $"made-{Guid.NewGuid():N}");
        var app = TranscoderStub.Program.Build(
            ["--urls", "http://127.0.0.1:0", $"--Transcoder:Sources:Library={library}", $"--Transcoder:Store:Path={store}", "--Transcoder:Store:FreeSpaceFloor=0", .. knobs],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.WebHost.ConfigureKestrel(Patience.Server);
                adjust?.Invoke(builder);
            });
        await app.StartAsync();
        return new JustInTimeHost(app, store);
    }

    public T Part<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public async Task<WorkSnapshot> WorkAsync() => (await Client.GetFromJsonAsync<WorkSnapshot>("/_stub/work"))!;

    public Task UntilWorkAsync(Func<WorkSnapshot, bool> isSo) => Patience.UntilAsync(async () => isSo(await WorkAsync()));

    public async Task<(int Status, JsonElement Body, HttpResponseMessage Answer)> SendAsync(HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null) request.Headers.Authorization = new("Bearer", key);
        var answer = await Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonSerializer.Deserialize<JsonElement>(text) : default, answer);
    }

    /// <summary>
    /// Starts a title whose source, a bundled file of this same transcoder, stands still from now on: an encoder that is asked for anything but the last
    /// segments runs and makes nothing, for as long as a test likes.
    /// </summary>
    /// <returns>Where the title's files are.</returns>
    public async Task<string> StartStalledAsync()
    {
        var (status, body, _) = await SendAsync(HttpMethod.Post, "/transcode/start", new { mediaId = "direct", sourceUrl = $"{Url}/demo/direct.mp4", startPositionSec = 31 });
        Assert.Equal(201, status);
        await UntilWorkAsync(w => w is { Running: 0, SegmentsMade: 2 });
        using var put = await Client.PutAsJsonAsync("/_stub/faults", new[] { new { kind = "silence", path = "/demo/direct.mp4" } });
        Assert.True(put.IsSuccessStatusCode);
        return $"/transcode/{body.GetProperty("transcodeId").GetString()}";
    }

    public async Task HealAsync() => (await Client.DeleteAsync("/_stub/faults")).Dispose();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (Directory.Exists(Store)) Directory.Delete(Store, recursive: true);
    }
}
