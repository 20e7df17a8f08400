using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Load.Checks;

/// <summary>The roll-out by <c>/admin/rollout</c>. A change names the version that was read last, so that nobody else's change is overwritten.</summary>
internal sealed class RolloutAddress : IDisposable
{
    private const string Path = "/admin/rollout";

    private readonly HttpClient _operator;
    private string? _tag;

    public RolloutAddress(Uri address, string key)
    {
        _operator = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
        _operator.DefaultRequestHeaders.TryAddWithoutValidation("X-Admin-Key", key);
    }

    /// <exception cref="IOException">The key is not accepted.</exception>
    public async Task<JsonElement> ReadAsync(CancellationToken stop)
    {
        using var answer = await _operator.GetAsync(new Uri(Path, UriKind.Relative), stop);
        if (!answer.IsSuccessStatusCode) throw new IOException($"GET {Path} answered {(int)answer.StatusCode}: is --admin-key right?");
        return await TakeAsync(answer, stop);
    }

    /// <exception cref="IOException">It was refused, or somebody else has changed it meanwhile.</exception>
    public async Task<JsonElement> ChangeAsync(object body, CancellationToken stop)
    {
        if (_tag is null) await ReadAsync(stop);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", _tag);
        using var answer = await _operator.SendAsync(request, stop);
        if ((int)answer.StatusCode == 412) throw new IOException("Somebody else has changed the roll-out meanwhile; it is left as it is now. Look at it before anything else.");
        if (!answer.IsSuccessStatusCode) throw new IOException($"PUT {Path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
        return await TakeAsync(answer, stop);
    }

    public void Dispose() => _operator.Dispose();

    private async Task<JsonElement> TakeAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        _tag = answer.Headers.ETag?.ToString() ?? throw new IOException($"{Path} tells no version.");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
    }
}
