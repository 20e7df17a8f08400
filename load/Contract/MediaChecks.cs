using Gateway.Load.Checks;

namespace Gateway.Load.Contract;

/// <summary>Ranges, conditions, methods and tickets, on one object of a session.</summary>
internal sealed class MediaChecks(CheckedSystem system, Checklist list, ContractOptions options)
{
    /// <param name="area"><c>segment</c> or <c>file</c>.</param>
    /// <param name="path">Of the object.</param>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(string area, string path, CancellationToken stop)
    {
        var total = 0L;
        await list.CheckAsync(area, "a range is answered with just that, and where it came from", async () =>
        {
            var answer = await system.GetAsync(path, stop, ("Range", "bytes=1-4"), ("Origin", options.PageOrigin));
            total = Expect.TotalOf(answer) ?? 0;
            return Expect.All(Expect.Part(answer, 1, 4), Expect.That(total > 0, "Content-Range tells no length"), Expect.MediaFields(answer), Expect.Cors(answer, options.PageOrigin), Expect.Field(answer, "Accept-Ranges", "bytes"));
        });
        if (total == 0) return;
        Answer? head = null;
        await list.CheckAsync(area, "HEAD tells the length and sends none of it", async () =>
        {
            head = await system.SendAsync("HEAD", path, stop);
            return Expect.All(Expect.Status(head, 200), Expect.That(head.Body.Length == 0, "a body came"), Expect.That(head["Content-Length"] == FormattableString.Invariant($"{total}"), $"Content-Length is '{head["Content-Length"]}', by ranges {total}"), Expect.That(head["Cache-Control"].Length > 0, "Cache-Control is missing"));
        });
        await list.CheckAsync(area, "the last bytes come by a suffix range", async () => Expect.Part(await system.GetAsync(path, stop, ("Range", "bytes=-3")), total - 3, total - 1));
        await list.CheckAsync(area, "a range outside is refused with the length", async () =>
        {
            var answer = await system.GetAsync(path, stop, ("Range", FormattableString.Invariant($"bytes={total}-")));
            return Expect.All(Expect.Problem(answer, 416, "STREAMING_RANGE_NOT_SATISFIABLE"), Expect.Field(answer, "Content-Range", FormattableString.Invariant($"bytes */{total}")));
        });
        var tag = head?["ETag"] ?? "";
        if (tag.Length == 0 || tag.StartsWith("W/", StringComparison.Ordinal))
        {
            await list.SkipAsync(area, "conditional requests", "the origin gives no strong ETag");
        }
        else
        {
            await list.CheckAsync(area, "a conditional request is answered 304", async () => Expect.Status(await system.GetAsync(path, stop, ("If-None-Match", tag)), 304));
            await list.CheckAsync(area, "If-Range with the right ETag gives the range", async () => Expect.Part(await system.GetAsync(path, stop, ("Range", "bytes=0-1"), ("If-Range", tag)), 0, 1));
            if (total > CheckedSystem.MostBytes) await list.SkipAsync(area, "If-Range with another ETag gives all of it", "it is too large to be fetched whole");
            else
            {
                await list.CheckAsync(area, "If-Range with another ETag gives all of it", async () =>
                {
                    var answer = await system.GetAsync(path, stop, ("Range", "bytes=0-1"), ("If-Range", "\"another\""));
                    return Expect.All(Expect.Status(answer, 200), Expect.That(answer.Body.Length == total, $"{answer.Body.Length} bytes came instead of {total}"));
                });
            }
        }

        await list.CheckAsync(area, "POST is refused with what is allowed", async () =>
        {
            var answer = await system.SendAsync("POST", path, stop, "{}");
            return Expect.All(Expect.Problem(answer, 405, "STREAMING_METHOD_NOT_ALLOWED"), Expect.Field(answer, "Allow", "GET"), Expect.Field(answer, "Allow", "HEAD"));
        });
    }

    /// <summary>Tickets that were altered, and good ones at a path that they do not open.</summary>
    public async Task TicketsAsync(string path, string ticket, CancellationToken stop)
    {
        foreach (var (name, altered) in Altered(ticket))
        {
            await list.CheckAsync("ticket", name, async () => Expect.Problem(await system.GetAsync(path.Replace(ticket, altered, StringComparison.Ordinal), stop), 401, "STREAMING_TICKET_INVALID"));
        }

        var root = $"/api/v1/playback/{ticket}/";
        var cluster = path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..].Split('/')[0] : null;
        if (cluster is null || !options.Title.Trim('/').All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/'))
        {
            await list.SkipAsync("ticket", "a good ticket opens no other title", "the title's folder cannot be told from its URL");
            return;
        }

        await list.CheckAsync("ticket", "a good ticket opens no other title", async () =>
            Expect.Problem(await system.GetAsync($"{root}{cluster}/another-title-of-the-contract-suite/master.m3u8", stop), 403, "STREAMING_SCOPE_MISMATCH"));
    }

    /// <summary>One character more, one less, and one another: what the signature covers, and the signature.</summary>
    internal static IEnumerable<(string Name, string Ticket)> Altered(string ticket)
    {
        var middle = ticket.Length / 2;
        yield return ("one with a character more is refused", ticket + "A");
        yield return ("one with a character less is refused", ticket[..^1]);
        yield return ("one with another character in it is refused", $"{ticket[..middle]}{(ticket[middle] == 'A' ? 'B' : 'A')}{ticket[(middle + 1)..]}");
    }
}
