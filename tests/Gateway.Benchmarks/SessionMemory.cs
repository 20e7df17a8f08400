using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Adaptation;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Prefetch;
using Gateway.Responses;
using Gateway.Sessions;
using Gateway.Sessions.Registry;
using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Timelines;
using Microsoft.Diagnostics.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateway.Benchmarks;

/// <summary>
/// Memory of a session: 100,000 sessions of different users in one registry, each of which loaded two video renditions and one of audio (shared with all others, as
/// they are in the cache), and played two segments of each. The whole heap is measured before and after, so nothing that a session holds is left out; which types take it is read from the objects themselves.
/// </summary>
internal static class SessionMemory
{
    private const int Sessions = 100_000;

    /// <param name="byType">Tells also which types take it.</param>
    public static void Print(bool byType)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var metrics = new SessionMetrics(meters);
        var time = TimeProvider.System;
        var telemetry = new SessionTelemetry(metrics, new AdaptationMetrics(meters), new EventLog(Options.Create(new TelemetryOptions { Events = EventDestination.Off }), time, new TelemetryMetrics(meters)), time);
        var registry = new SessionRegistry(new SessionFactory(new TicketIssuer(new AccessOptions(), time), new TicketSigner(TicketKeyRing.ForThisProcess(), time), null, new SessionsOptions(), time), new SessionsOptions(), telemetry, metrics, time);
        using var drafts = new SessionDrafts(registry, time);
        string[] folders = ["v720", "v480", "a64"];
        var timelines = folders.Select(Timeline).ToArray();
        // Warm-up, for objects that are created once.
        Play(drafts, telemetry, folders, timelines, 0);

        var typesBefore = byType ? HeapTypes() : [];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1; i <= Sessions; i++) Play(drafts, telemetry, folders, timelines, i);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Sessions;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each:0} bytes a session, {registry.Count} sessions"));
        if (byType) PrintTypes(typesBefore, HeapTypes());
        GC.KeepAlive(registry);
    }

    private static void PrintTypes(Dictionary<string, (long Bytes, long Objects)> before, Dictionary<string, (long Bytes, long Objects)> after)
    {
        Console.WriteLine("| type | bytes a session | objects |\n| --- | --- | --- |");
        var grown = after.Select(t => (t.Key, Bytes: (t.Value.Bytes - before.GetValueOrDefault(t.Key).Bytes) / (double)Sessions, Objects: (t.Value.Objects - before.GetValueOrDefault(t.Key).Objects) / (double)Sessions));
        foreach (var (type, bytes, objects) in grown.Where(t => t.Bytes >= 8).OrderByDescending(t => t.Bytes)) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| `{type}` | {bytes:0} | {objects:0.00} |"));
    }

    /// <summary>What lies on this process's own heap, by type.</summary>
    private static Dictionary<string, (long Bytes, long Objects)> HeapTypes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        var types = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        using var self = DataTarget.AttachToProcess(Environment.ProcessId, suspend: false);
        using var runtime = self.ClrVersions[0].CreateRuntime();
        foreach (var thing in runtime.Heap.EnumerateObjects())
        {
            if (thing.IsFree || thing.Type?.Name is not { } name) continue;
            var (bytes, objects) = types.GetValueOrDefault(name);
            types[name] = (bytes + (long)thing.Size, objects + 1);
        }

        return types;
    }

    private static void Play(SessionDrafts drafts, SessionTelemetry telemetry, string[] folders, HlsTimeline[] timelines, int number)
    {
        var user = number.ToString("x16", CultureInfo.InvariantCulture);
        var entry = new MediaAddress("origin", "/films/1/master.m3u8", "");
        drafts.FindOrDraft(new ViewerKey(user, entry, $"player {Guid.NewGuid()}", default), SessionParameters.ByUrl, default, out var session, out var draft);
        drafts.Shown(draft!);
        var next = new TimelineEntry[8];
        for (var i = 0; i < folders.Length; i++)
        {
            session!.Tracker.Loaded(StreamingProtocol.Hls, new MediaAddress("origin", $"/films/1/{folders[i]}/index.m3u8", ""), [timelines[i]]);
            for (var at = 0; at < 2; at++)
            {
                var segment = timelines[i][at];
                telemetry.Asked(session, new CmcdReport { ObjectType = i == 2 ? "a" : "v", BitrateKbps = 600, BufferMs = 4000, ThroughputKbps = 9000 }, segment.Start, segment.Duration);
                session.Tracker.Step(new TrackedRequest { Asked = new RangedAddress(segment.Address, null), At = TimeProvider.System.GetUtcNow(), Segments = 3 }, next);
                session.Counts.Served(ServedFrom.Cache, 300_000, TimeProvider.System.GetUtcNow());
            }
        }
    }

    private static HlsTimeline Timeline(string folder)
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-TARGETDURATION:4\n");
        for (var i = 1; i <= 1800; i++) text.Append(CultureInfo.InvariantCulture, $"#EXTINF:4,\nseg_{i:00000}.m4s\n");
        var from = new ReferenceBase(
            new UpstreamTable([new UpstreamTable.Upstream("origin", new Uri("http://origin.example/"))]), "origin", new Uri($"http://origin.example/films/1/{folder}/index.m3u8"));
        return HlsTimeline.Read(Encoding.UTF8.GetBytes(text.Append("#EXT-X-ENDLIST\n").ToString()), from, new HlsVariables(FrozenDictionary<string, string>.Empty, ""));
    }
}
