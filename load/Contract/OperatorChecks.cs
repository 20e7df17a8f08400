using Gateway.Load.Checks;

namespace Gateway.Load.Contract;

/// <summary>The operators' side: closed without a key, and with it readable. Nothing is changed.</summary>
internal sealed class OperatorChecks(CheckedSystem system, CheckedSystem admin, Checklist list, ContractOptions options)
{
    private static readonly string[] s_reads = ["/admin/rollout", "/admin/sessions", "/admin/cache", "/admin/origins", "/admin/node"];

    public async Task RunAsync(CancellationToken stop)
    {
        // Without a key and never with a wrong one: those are logged and counted against the address. On an address of players alone they are not found.
        foreach (var path in s_reads)
        {
            await list.CheckAsync("operator", $"{path} is closed to players", async () =>
            {
                var answer = await system.GetAsync(path, stop);
                return answer.Status == 404 ? Expect.Problem(answer, "STREAMING_ROUTE_NOT_FOUND") : Expect.Problem(answer, 403, "STREAMING_ADMIN_ONLY");
            });
        }

        if (options.AdminKey is not { } key)
        {
            await list.SkipAsync("operator", "what operators read", "no --admin-key");
            return;
        }

        foreach (var path in s_reads) await list.CheckAsync("operator", $"{path} answers the key", async () => Expect.Status(await admin.GetAsync(path, stop, (Header, key)), 200));
        await list.CheckAsync("operator", "the roll-out has a version, and no change without it", async () => Expect.All(
            Expect.Field(await admin.GetAsync("/admin/rollout", stop, (Header, key)), "ETag", "\""),
            Expect.Problem(await admin.SendAsync("PUT", "/admin/rollout", stop, "{}", (Header, key)), 428, "STREAMING_PRECONDITION_REQUIRED")));
    }

    /// <summary>Header of an operator's key.</summary>
    public const string Header = "X-Admin-Key";
}
