using System.Text;
using Gateway.Load.Checks;

namespace Gateway.Load.Contract;

/// <summary>Health, description, figures, and what is nowhere.</summary>
internal sealed class ServiceChecks(CheckedSystem system, CheckedSystem admin, Checklist list, ContractOptions options)
{
    public async Task RunAsync(CancellationToken stop)
    {
        await list.CheckAsync("service", "/health/live answers", async () => Expect.Status(await system.GetAsync("/health/live", stop), 200));
        await list.CheckAsync("service", "/health/ready answers", async () => Expect.Status(await system.GetAsync("/health/ready", stop), 200));
        await list.CheckAsync("service", "/openapi/v1.json is OpenAPI 3 with the routes of playback", async () =>
        {
            var answer = await system.GetAsync("/openapi/v1.json", stop);
            if (Expect.Status(answer, 200) is { } wrong) return wrong;
            var paths = answer.Json().GetProperty("paths");
            string[] wanted = ["/play/{asset}", "/api/v1/playback/{ticket}/{cluster}/{asset}", CheckedSession.Root, "/api/v1/playback/engine", "/api/v1/files/{ticket}/{file}"];
            var missing = wanted.Where(p => !paths.TryGetProperty(p, out _)).ToList();
            return Expect.All(Expect.That(answer.Json().GetProperty("openapi").GetString()!.StartsWith("3.", StringComparison.Ordinal), "openapi is not 3.x"), Expect.That(missing.Count == 0, $"does not describe {string.Join(", ", missing)}"));
        });
        await list.CheckAsync("service", "/metrics is Prometheus text with the series of segments", async () =>
        {
            var answer = await admin.GetAsync("/metrics", stop);
            return Expect.All(Expect.Status(answer, 200), Expect.Field(answer, "Content-Type", "text/plain"), Expect.That(Encoding.UTF8.GetString(answer.Body).Contains("gateway_cache_bytes", StringComparison.Ordinal), "gateway_cache_bytes is not there"));
        });
        await list.CheckAsync("service", "the player page is served", async () =>
        {
            var answer = await system.GetAsync("/", stop);
            return Expect.All(Expect.Status(answer, 200), Expect.Field(answer, "Content-Type", "text/html"));
        });
        await list.CheckAsync("service", "a path that is nowhere is a problem document", async () => Expect.Problem(await system.GetAsync("/api/v1/nothing-of-the-kind", stop), 404, "STREAMING_ROUTE_NOT_FOUND"));
        await list.CheckAsync("service", "a hostile path is refused", async () => Expect.Problem(await system.GetAsync("/play/a%5Cb.m3u8", stop, Credential()), 400, "STREAMING_PATH_REFUSED"));
        await list.CheckAsync("service", "the engine's route tells a page what to play by", EngineAsync);

        async Task<string?> EngineAsync()
        {
            var answer = await system.GetAsync("/api/v1/playback/engine", stop, Credential());
            if (Expect.Status(answer, 200) is { } wrong) return wrong;
            var reply = answer.Json();
            string[] wanted = ["engine", "mode", "stage", "reverted", "profile", "startupTimeoutMs", "effectiveFragmentDurationSec", "prewarmEnabled", "groupsSegmented", "draw"];
            var missing = wanted.Where(f => !reply.TryGetProperty(f, out _)).ToList();
            return missing.Count > 0 ? $"lacks {string.Join(", ", missing)}" : Expect.That(reply.GetProperty("engine").GetString() is "direct" or "segmented", "engine is neither direct nor segmented");
        }
    }

    private (string, string)[] Credential() => options.Token is { } token ? [("Authorization", $"Bearer {token}")] : [];
}
