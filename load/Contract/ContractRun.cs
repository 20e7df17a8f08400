using Gateway.Load.Checks;

namespace Gateway.Load.Contract;

/// <summary>
/// The media contract and compatibility suite against any base URL: (1) the service, (2) a session of its own, (3) its manifests and segments, (4) ranges, conditions and tickets, (5) the URLs that
/// persons give players, (6) the operators' side, (7) the end.
/// </summary>
/// <remarks>It may run against a system that people watch: requests are few and one at a time, sessions name their engine, so that they are on no side of a roll-out, and are ended in any case.</remarks>
internal sealed class ContractRun(ContractOptions options, Checklist list, TimeProvider time)
{
    /// <exception cref="HttpRequestException">Nobody answers there.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var system = new CheckedSystem(options.Target, options.Patience);
        using var admin = new CheckedSystem(options.AdminAddress, options.Patience);
        // Where nobody answers there is nothing to check: that is a wrong call, and no finding.
        await system.GetAsync("/health/live", stop);
        // 1
        await new ServiceChecks(system, admin, list, options).RunAsync(stop);
        // 2
        var sessions = new SessionChecks(system, list, options);
        CheckedSession? session = null;
        await list.CheckAsync("session", $"a create for '{options.Title}' is answered", async () =>
        {
            session = await CheckedSession.OpenAsync(system, new { mediaId = options.Title, engine = "segmented" }, options.Token, stop);
            return null;
        });
        if (session is not null)
        {
            try
            {
                await sessions.RunAsync(session, stop);
                await MediaAsync(system, session, stop);
            }
            finally
            {
                // 7
                if (stop.IsCancellationRequested) await session.EndAsync(system);
                else await sessions.EndAsync(session, stop);
            }
        }

        // 6
        await new OperatorChecks(system, admin, list, options).RunAsync(stop);
    }

    private async Task MediaAsync(CheckedSystem system, CheckedSession session, CancellationToken stop)
    {
        // 3
        string? opened = null;
        foreach (var format in options.Formats)
        {
            var manifest = new ManifestChecks(system, list, options, time);
            await manifest.RunAsync(format, session.Url($"{format}Url")!, session.Ticket, stop);
            opened ??= manifest.Segment;
        }

        // 4
        var media = new MediaChecks(system, list, options);
        if (opened is { } segment)
        {
            await media.RunAsync("segment", segment, stop);
            await media.TicketsAsync(segment, session.Ticket, stop);
        }
        else
        {
            await list.SkipAsync("segment", "ranges, conditions and tickets", "no segment opened");
        }

        if (session.Url("directUrl") is { } file) await media.RunAsync("file", file, stop);
        else await list.SkipAsync("file", "the title as one file", "the title is not there as one file");
        // 5
        var play = new PlayChecks(system, list, options);
        foreach (var format in options.Formats) await play.RunAsync(AssetOf(session.Url($"{format}Url")!), format, stop);
        await play.MissingAsync(stop);
    }

    /// <summary>The upstream's own path of <c>/api/v1/playback/{ticket}/{cluster}/{asset}</c>.</summary>
    internal static string AssetOf(string url) => url.TrimStart('/').Split('/', 6)[^1];
}
