using System.Diagnostics;
using System.Globalization;
using Gateway.Caching;
using Gateway.Sessions.Registry;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks;

/// <summary>
/// A day of live in fast motion: the whole gateway on a clock that is moved by a segment's length at a time, before a broadcast on the same clock. Five viewers watch, each
/// for an hour, and each requests every playlist and the newest segment. The process's memory is printed for each hour. A leak per version of a playlist, per
/// segment, per session or per tick of any timer shows as a slope: the last hours must hold no more than the first ones after the start.
/// </summary>
internal static class Soak
{
    private const int Viewers = 5;

    /// <summary>Hours of warm-up: caches and pools are full by then, and the code is compiled.</summary>
    private const int SettledAfterHours = 4;

    /// <summary>Most growth of the heap beside the cache's blocks: a leak of a hundred bytes per version of the playlist would be four megabytes a day.</summary>
    private const double MostGrowthMiB = 2;

    private const double MiB = 1 << 20;

    /// <returns>0 when the heap is flat, 2 when it grows.</returns>
    public static async Task<int> RunAsync(int hours)
    {
        var clock = ManualTimeProvider.FromNow();
        await using var origin = await LiveOrigin.StartAsync(clock);
        await using var gateway = Build(origin.Address, clock);
        await gateway.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(gateway.Urls.Single()) };
        var cache = gateway.Services.GetRequiredService<MediaCache>();
        var sessions = gateway.Services.GetRequiredService<SessionRegistry>();
        var heaps = new List<double>();
        var perHour = (int)(TimeSpan.FromHours(1) / LiveOrigin.Segment);
        Console.WriteLine("hour  heap/MiB  beside blocks/MiB  resident/MiB  objects  sessions  fetches");
        for (var hour = 0; hour < hours; hour++)
        {
            var viewers = Enumerable.Range(0, Viewers).Select(v => new SoakViewer(client, $"viewer-{hour}-{v}")).ToArray();
            for (var step = 0; step < perHour; step++)
            {
                clock.Advance(LiveOrigin.Segment);
                await Task.WhenAll(viewers.Select(v => v.StepAsync()));
            }

            var heap = GC.GetTotalMemory(forceFullCollection: true);
            var held = cache.Statistics();
            heaps.Add((heap - held.LentBytes - held.IdleBytes) / MiB);
            using var process = Process.GetCurrentProcess();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{hour + 1,4}{heap / MiB,10:0.00}{heaps[^1],19:0.00}{process.WorkingSet64 / MiB,14:0.0}{held.Entries,9}{sessions.Count,10}{held.Fetches,9}"));
        }

        await gateway.StopAsync();
        if (heaps.Count < SettledAfterHours * 2) return 0;
        var before = heaps.Skip(SettledAfterHours).Take(SettledAfterHours).Average();
        var after = heaps.TakeLast(SettledAfterHours).Average();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"heap beside the cache's blocks from {before:0.00} to {after:0.00} MiB: {(after - before < MostGrowthMiB ? "flat" : "it grows")}"));
        return after - before < MostGrowthMiB ? 0 : 2;
    }

    private static Microsoft.AspNetCore.Builder.WebApplication Build(string origin, TimeProvider clock) => Gateway.Program.Build(
        ["--urls", "http://127.0.0.1:0", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}", "--Gateway:Telemetry:Events=Off", "--Gateway:Cache:MaxBytes=67108864"],
        builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(clock);
        });
}
