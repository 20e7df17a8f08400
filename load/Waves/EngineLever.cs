using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Waves;

/// <summary>The gateway's own roll-out, by <c>/admin/rollout</c>.</summary>
internal sealed class EngineLever : IWaveLever
{
    private const string Rollout = "/admin/rollout";

    private readonly HttpClient _operator;
    private readonly WavePlan _plan;

    public EngineLever(WavePlan plan, Uri target, string key)
    {
        _plan = plan;
        _operator = new HttpClient { BaseAddress = target };
        _operator.DefaultRequestHeaders.Add("X-Admin-Key", key);
    }

    public async Task<double> RaiseAsync(CancellationToken stop)
    {
        var (state, _) = await ReadAsync(stop);
        if (state.GetProperty("stage").GetInt32() != _plan.Stage) state = await PutAsync(new { stage = _plan.Stage, @override = _plan.Override, contractPassed = _plan.Override }, stop);
        return state.GetProperty("share").GetDouble();
    }

    public async Task RevertAsync(string why, CancellationToken stop)
    {
        if (await ReversionAsync(stop) is null) await PutAsync(new { reverted = true, reason = why.Length > 400 ? why[..400] : why }, stop);
    }

    public async Task<string?> ReversionAsync(CancellationToken stop)
    {
        var (state, _) = await ReadAsync(stop);
        return state.GetProperty("reverted").GetBoolean() || state.GetProperty("stage").GetInt32() < _plan.Stage
            ? state.GetProperty("lastReversion").GetProperty("evidence").GetString()
            : null;
    }

    public Arm? ArmOf(HttpResponseMessage created, JsonElement body) => body.GetProperty("engine").GetString() == "segmented" ? Arm.Treatment : Arm.Control;

    public void Dispose() => _operator.Dispose();

    private async Task<(JsonElement State, string Tag)> ReadAsync(CancellationToken stop)
    {
        using var answer = await _operator.GetAsync(new Uri(Rollout, UriKind.Relative), stop);
        if (!answer.IsSuccessStatusCode) throw new IOException($"GET {Rollout} answered {(int)answer.StatusCode}: is --admin-key right?");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(stop), answer.Headers.ETag!.Tag);
    }

    private async Task<JsonElement> PutAsync(object body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Rollout, UriKind.Relative)) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var answer = await _operator.SendAsync(request, stop);
        if (!answer.IsSuccessStatusCode) throw new IOException($"PUT {Rollout} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
    }
}
