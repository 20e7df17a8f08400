using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Benchmarks.Starting;

namespace Gateway.Benchmarks.Peers;

/// <summary>
/// What <c>tests/bench</c> runs: the gateway beside nginx and Varnish, its first seconds and its memory, on this machine, now; the figures go into docs/benchmarks.md, between two marks. The rest of that page is written by hand.
/// </summary>
internal static class BenchPage
{
    private const string Begin = "<!-- tests/bench writes from here -->";
    private const string End = "<!-- to here -->";

    private static readonly (string Name, string Title)[] s_segments = [("seg_2k.ts", "2 KiB"), ("seg_100k.ts", "100 KiB"), ("seg_1m.ts", "1 MiB")];
    private static readonly (string Name, string Title)[] s_playlists = [("live.m3u8", "live, 6 segments"), ("long.m3u8", "10,000 segments")];

    /// <param name="args"><c>short</c>: less of everything, told and not written. <c>compressed</c>: only that table, told.</param>
    public static async Task RunAsync(string[] args)
    {
        var isShort = args.Contains("short");
        var length = isShort ? BenchLength.Short : BenchLength.Page;
        var text = new StringBuilder();
        var began = TimeProvider.System.GetTimestamp();
        text.Append(await MachineAsync());
        await using (var set = await PeerSet.StartAsync())
        {
            Tell("settling");
            var settled = await SettleAsync(set, length.Settling);
            text.Append(CultureInfo.InvariantCulture, $"\nBefore the first row the gateway answered {settled:N0} requests for all that follows, for {length.Settling.TotalSeconds:0} s: as one that has run for a while. What it costs before is below, in its first seconds.\n");
            if (args.Contains("compressed"))
            {
                await AddCompressedAsync(text, set, length);
                Console.WriteLine(text);
                return;
            }

            Tell("hits");
            text.Append("\n### Hits\n\nMicroseconds of the server's processor time for a request, 32 connections.\n\n").Append(Head("object"));
            foreach (var (name, title) in s_segments) text.AppendLine(await HotObject.MeasureAsync(set.Plain, set.Origin, name, title, length));
            foreach (var (name, title) in s_segments) text.AppendLine(await HotObject.MeasureAsync(set.Tls, set.Origin, name, $"{title}, TLS", length));
            Tell("playlists");
            text.Append("\n### Playlists\n\nThe same; nginx and Varnish send the origin's bytes. Within a session the gateway leaves relative references as they are, for they lead back into it; asked by `/play` it gives each reference the session's address.\n\n").Append(Head("playlist"));
            foreach (var (name, title) in s_playlists) text.AppendLine(await HotObject.MeasureAsync(set.Plain, set.Origin, name, $"{title}, within a session", length));
            foreach (var (name, title) in s_playlists) text.AppendLine(await HotObject.MeasureAsync(set.Entries, set.Origin, name, $"{title}, by `/play`", length));
            Tell("compressed playlists");
            await AddCompressedAsync(text, set, length);
            Tell("misses");
            text.Append("\n### Misses\n\nFirst byte of the body of 100 KiB that nobody has asked for, beyond the origin's own, one request at a time; milliseconds.\n\n| | half | 90 % | 99 % |\n| --- | --- | --- | --- |\n");
            foreach (var row in await MissTimes.MeasureAsync(set.Plain, set.Origin, length.Misses)) text.AppendLine(row);
        }

        Tell("first seconds");
        text.Append("\n### The first seconds\n\nA published gateway, compiled ahead of time, on all cores: its first viewer, then 32 connections that ask for 100 kB.\n\n").Append(await OwnAsync("first-seconds", length.Starts.ToString(CultureInfo.InvariantCulture)));
        Tell("memory");
        text.Append("\n### Memory\n\n").Append(await OwnAsync("slow-viewers", isShort ? "1000" : "10000"));
        text.Append("\n| | |\n| --- | --- |\n").AppendLine($"| a session | {(await OwnAsync("session-memory")).Trim()} |").AppendLine($"| a cached object, without its bytes | {(await OwnAsync("object-memory", isShort ? "100000" : "1000000")).Trim()} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"\nTaken in {TimeProvider.System.GetElapsedTime(began).TotalMinutes:0.0} minutes; load average at the end {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.");
        Console.WriteLine(text);
        if (!isShort) Write(text.ToString());

        void Tell(string what) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds,4:0} s: {what}"));
    }

    private static async Task AddCompressedAsync(StringBuilder text, PeerSet set, BenchLength length)
    {
        text.Append("\n### Compressed playlists\n\nAsked with `Accept-Encoding`, as players do. What is the same for all the gateway compresses once and keeps; what it writes for one session it compresses each time. nginx compresses each time (`gzip on`, its own level), or sends the plain bytes.\n\n")
            .Append(Head("playlist", "nginx, gzip", "nginx, plain"));
        foreach (var (name, title) in s_playlists) text.AppendLine(await HotObject.MeasureAsync(set.Zipped, set.Origin, name, $"{title}, within a session, gzip", length));
        foreach (var (name, title) in s_playlists) text.AppendLine(await HotObject.MeasureAsync(set.ZippedEntries, set.Origin, name, $"{title}, by `/play`, gzip", length));
        text.AppendLine(await HotObject.MeasureAsync(set.BrowserEntries, set.Origin, "long.m3u8", "10,000 segments, by `/play`, as browsers ask (brotli)", length));
    }

    private static string Head(string what, string second = "nginx", string third = "Varnish") =>
        $"| {what} | gateway | {second} | {third} | gateway ÷ {second} | gateway ÷ {third} | requests a second, gateway ÷ {second} |\n| --- | --- | --- | --- | --- | --- | --- |\n";

    /// <returns>How many requests the gateway has answered meanwhile.</returns>
    private static async Task<long> SettleAsync(PeerSet set, TimeSpan time)
    {
        (Peer Gateway, string Name)[] all =
        [
            .. s_segments.Select(s => (set.Plain[0], s.Name)), .. s_segments.Select(s => (set.Tls[0], s.Name)), .. s_playlists.Select(p => (set.Plain[0], p.Name)), .. s_playlists.Select(p => (set.Entries[0], p.Name)),
            .. s_playlists.Select(p => (set.Zipped[0], p.Name)), .. s_playlists.Select(p => (set.ZippedEntries[0], p.Name)), (set.BrowserEntries[0], "long.m3u8"),
        ];
        var requests = 0L;
        var began = TimeProvider.System.GetTimestamp();
        for (var turn = 0; TimeProvider.System.GetElapsedTime(began) < time; turn++) requests += await HotObject.AskAsync(all[turn % all.Length].Gateway, all[turn % all.Length].Name, HotObject.SettlingTurn);
        return requests;
    }

    private static async Task<string> MachineAsync()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, commit {(await SayAsync("git", "rev-parse", "--short", "HEAD")).Trim()}: {Cores()} cores, {model}, {RuntimeInformation.OSDescription}, ");
        text.Append(CultureInfo.InvariantCulture, $".NET {Environment.Version}, {(await SayAsync("nginx", "-v")).Trim()}");
        if (Programs.Has("varnishd")) text.Append(CultureInfo.InvariantCulture, $", {(await SayAsync("varnishd", "-V")).Split('\n')[0].Trim()}");
        return text.AppendLine(CultureInfo.InvariantCulture, $"; load average at the beginning {File.ReadAllText("/proc/loadavg").Split(' ')[0]}. Servers have one core, client and origin another; median (lowest–highest) of the rounds, quotients round by round.").ToString();
    }

    private static int Cores() => File.ReadLines("/proc/cpuinfo").Count(l => l.StartsWith("processor", StringComparison.Ordinal));

    /// <summary>Another command of this program, in a process of its own, on all cores.</summary>
    private static Task<string> OwnAsync(params string[] verb) =>
        SayAsync("taskset", ["-c", $"0-{(Cores() - 1).ToString(CultureInfo.InvariantCulture)}", "dotnet", Path.Combine(AppContext.BaseDirectory, "Gateway.Benchmarks.dll"), .. verb]);

    private static async Task<string> SayAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var faults = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await faults}");
        return said.Length > 0 ? said : await faults;
    }

    private static void Write(string figures)
    {
        var path = Path.Combine(FirstSeconds.Repository(), "docs", "benchmarks.md");
        var page = File.ReadAllText(path);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (from < 0 || to < from) throw new InvalidOperationException($"{path} has not the two marks: {Begin} and {End}.");
        File.WriteAllText(path, $"{page[..from]}{Begin}\n\n{figures.ReplaceLineEndings("\n").Trim()}\n\n{page[to..]}");
    }
}
