using Gateway.Load.Checks;
using Gateway.Load.Players.Titles;
using Gateway.Timelines;

namespace Gateway.Load.Contract;

/// <summary>The manifest of a session and everything that a player chooses from it: each rendition's first and last segment is opened through the gateway.</summary>
internal sealed class ManifestChecks(CheckedSystem system, Checklist list, ContractOptions options, TimeProvider time)
{
    private readonly ManifestLibrary _library = new(options.Target.GetLeftPart(UriPartial.Authority));

    /// <summary>A segment that was opened, for further checks; null while none was.</summary>
    public string? Segment { get; private set; }

    /// <param name="area"><c>hls</c> or <c>dash</c>.</param>
    /// <param name="url">Path of the manifest in the session.</param>
    /// <param name="ticket">The session's.</param>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(string area, string url, string ticket, CancellationToken stop)
    {
        Answer? manifest = null;
        await list.CheckAsync(area, "the manifest opens with the fields of a rewritten one", async () =>
        {
            manifest = await system.GetAsync(url, stop, ("Origin", options.PageOrigin));
            return Expect.All(
                Expect.Status(manifest, 200),
                Expect.Field(manifest, "Content-Type", area == "hls" ? "mpegurl" : "dash+xml"),
                Expect.Field(manifest, "Cache-Control", "no-store"),
                Expect.Field(manifest, "ETag", "\""),
                Expect.MediaFields(manifest),
                Expect.Cors(manifest, options.PageOrigin));
        });
        if (manifest is not { Status: 200 } opened) return;
        await list.CheckAsync(area, "HEAD of it has the same fields and no body", async () =>
        {
            var head = await system.SendAsync("HEAD", url, stop);
            return Expect.All(
                Expect.Status(head, 200),
                Expect.That(head.Body.Length == 0, "a body came"),
                Expect.That(head["Content-Type"] == opened["Content-Type"], $"Content-Type is '{head["Content-Type"]}', of GET '{opened["Content-Type"]}'"));
        });
        await list.CheckAsync(area, "a conditional request is answered 304", async () =>
        {
            // One that moves on meanwhile has another ETag: then the newer one is asked for once more.
            var tag = opened["ETag"];
            var again = await system.GetAsync(url, stop, ("If-None-Match", tag));
            if (again.Status == 200) again = await system.GetAsync(url, stop, ("If-None-Match", again["ETag"]));
            return Expect.Status(again, 304);
        });
        await list.CheckAsync(area, "a preflight lets pages ask by Range", async () =>
        {
            var answer = await system.SendAsync("OPTIONS", url, stop, null, ("Origin", options.PageOrigin), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "range"));
            return Expect.All(Expect.Status(answer, 200, 204), Expect.Field(answer, "Access-Control-Allow-Methods", "GET"), Expect.Field(answer, "Access-Control-Allow-Headers", "Range"));
        });
        await list.CheckAsync(area, "first and last segment of each rendition open through the gateway", () => OpenAsync(url, ticket, opened.Body, stop));
    }

    private async Task<string?> OpenAsync(string url, string ticket, byte[] text, CancellationToken stop)
    {
        if (Parse(text, url, ref ticket) is not { } parsed) return "it is no manifest that a player reads";
        if (parsed.Track is { } only) return await OpenAsync(only, "the playlist", ticket, stop);
        var wrong = new List<string?>();
        foreach (var (rung, kind) in parsed.Presentation!.Video.Select(static r => (r, "video")).Concat(parsed.Presentation.Audio.Select(static r => (r, "audio"))))
        {
            wrong.Add(await OpenAsync(rung, FormattableString.Invariant($"{kind} {rung.Index} ({rung.Kbps} kbit/s)"), ticket, stop));
        }

        return Expect.All([.. wrong]);
    }

    private async Task<string?> OpenAsync(Rung rung, string name, string ticket, CancellationToken stop)
    {
        if (rung.SegmentIndex is { } index) return await OpenAsync(index, $"the index of {name}", ticket, stop);
        if (rung.Track is { } track) return await OpenAsync(track, name, ticket, stop);
        if (!TryPath(rung.Playlist, ticket, out var path)) return $"the playlist of {name} leads past the gateway";
        var answer = await system.GetAsync(path, stop);
        if (Expect.All(Expect.Status(answer, 200), Expect.Field(answer, "Cache-Control", "no-store")) is { } wrong) return $"the playlist of {name}: {wrong}";
        return Parse(answer.Body, path, ref ticket)?.Track is { } listed ? await OpenAsync(listed, name, ticket, stop) : $"the playlist of {name} lists no segments";
    }

    private async Task<string?> OpenAsync(MediaTrack track, string name, string ticket, CancellationToken stop)
    {
        if (track.SegmentCount == 0) return $"{name} lists no segments";
        // The oldest of a stream that goes on may have gone before it is asked for: there it begins where a player does.
        var first = track[track.HasEnd ? 0 : Math.Max(track.StartIndex, 0)];
        var last = track.HasEnd ? track[track.SegmentCount - 1] : LatestOf(track, time.GetUtcNow()) ?? first;
        return Expect.All(
            first.Init is { } init ? await OpenAsync(init, $"the initialisation section of {name}", ticket, stop) : null,
            await OpenAsync(first, $"the first segment of {name}", ticket, stop),
            ReferenceEquals(first, last) ? null : await OpenAsync(last, $"the last segment of {name}", ticket, stop));
    }

    /// <summary>The latest that is there by its manifest; null where none says so.</summary>
    internal static MediaSegment? LatestOf(MediaTrack track, DateTimeOffset now)
    {
        if (track[track.SegmentCount - 1] is { AvailableAt: null } listed) return track.SegmentCount < 100_000 ? listed : null;
        var (low, high) = (-1, track.SegmentCount - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (track[middle].AvailableAt is { } at && at > now) high = middle - 1;
            else low = middle;
        }

        return low < 0 ? null : track[low];
    }

    private async Task<string?> OpenAsync(MediaSegment segment, string name, string ticket, CancellationToken stop)
    {
        if (!TryPath(segment.Path, ticket, out var path)) return $"{name} leads past the gateway";
        // One byte shows that it is there and costs nobody anything.
        var first = segment.Range?.Offset ?? 0;
        var answer = await system.GetAsync(path, stop, ("Range", FormattableString.Invariant($"bytes={first}-{first}")), ("Origin", options.PageOrigin));
        if (answer.Status == 206 && segment.Kind != EntryKind.Init) Segment ??= path;
        if (Expect.All(Expect.Part(answer, first, first), Expect.MediaFields(answer), Expect.Cors(answer, options.PageOrigin), Expect.That(answer["Cache-Control"].Length > 0, "Cache-Control is missing")) is { } wrong) return $"{name}: {wrong}";
        return null;
    }

    /// <param name="text">Of the manifest.</param>
    /// <param name="url">Where it was asked for.</param>
    /// <param name="ticket">The one in its URL; then the one that its own references have, where they have one.</param>
    private ParsedManifest? Parse(byte[] text, string url, ref string ticket)
    {
        var parsed = _library.Read(text, Shown(url, ticket), time.GetUtcNow(), out var named);
        ticket = named ?? ticket;
        return parsed;
    }

    /// <summary>The library's form of a path: <c>~</c> for the session's root, whichever of the session's tickets stands there.</summary>
    private static string Shown(string url, string ticket)
    {
        var root = $"{ManifestText.SessionPath}{ticket}/";
        return url.StartsWith(root, StringComparison.Ordinal) ? $"~/{url[root.Length..]}" : url;
    }

    private static bool TryPath(string? path, string ticket, out string asked)
    {
        asked = path is null ? "" : path.StartsWith('~') ? $"{ManifestText.SessionPath}{ticket}{path[1..]}" : path;
        return asked.StartsWith(ManifestText.SessionPath, StringComparison.Ordinal);
    }
}
