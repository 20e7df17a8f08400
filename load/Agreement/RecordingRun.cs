using System.Globalization;
using System.Net;
using Gateway.Load.Targets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Gateway.Load.Agreement;

/// <summary>Records what is missing in a file of recordings, several browsers at a time, and writes the file anew after each: a run that is broken off goes on where it was.</summary>
/// <param name="file">Recordings.</param>
/// <param name="traces">Folder of traces.</param>
/// <param name="levers">What a gateway in between may do (<c>Gateway:Adaptation:Levers</c>); null for no gateway.</param>
/// <param name="output">Progress, a line for each.</param>
internal sealed class RecordingRun(string file, string traces, string? levers, TextWriter output)
{
    /// <summary>A page whose timers, or a link whose portions, came later than this was disturbed by the machine: its recording is made again.</summary>
    private const int MostLagMs = 150;
    private const int MostAttempts = 4;

    /// <summary>Also protects the file and the output.</summary>
    private readonly Lock _lock = new();
    private readonly List<Recording> _done = File.Exists(file) ? [.. RecordingFile.Read(file)] : [];

    /// <param name="players">Which.</param>
    /// <param name="cases">Links.</param>
    /// <param name="atOnce">Browsers at a time.</param>
    /// <param name="cancellation">Ends it; what is recorded so far is kept.</param>
    /// <returns>How many are missing still, because the machine was too busy each time or a browser did not report.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> players, IReadOnlyList<AgreementCase> cases, int atOnce, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("agreement-media-").FullName;
        try
        {
            var media = await AgreementMedia.MakeAsync(folder, cancellation);
            await using var origin = await AgreementOrigin.StartAsync(media, Path.Combine(AppContext.BaseDirectory, "wwwroot", "lib"));
            // Starting and ending a browser keeps a thread for a while, and a pool of two would let the links wait for it.
            ThreadPool.SetMinThreads(4 * atOnce, atOnce);
            await using var gateway = levers is null ? null : await StartGatewayAsync(origin, levers, cancellation);
            var recorder = new Recorder(origin, gateway is null ? null : new IPEndPoint(IPAddress.Loopback, new Uri(gateway.Urls.First()).Port), traces, TimeProvider.System);
            var missing = cases.SelectMany(c => players.Select(p => (Player: p, Case: c))).Where(x => !Has(x.Player, x.Case)).ToList();
            await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation }, async (x, token) =>
            {
                for (var attempt = 1; attempt <= MostAttempts && !Has(x.Player, x.Case); attempt++) await TryAsync(recorder, x.Player, x.Case, token);
            });
            return missing.Count(x => !Has(x.Player, x.Case));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static async Task<WebApplication> StartGatewayAsync(AgreementOrigin origin, string levers, CancellationToken cancellation, params string[] more)
    {
        string[] knobs = [.. more, $"--Gateway:Adaptation:Levers={levers}", "--Gateway:Adaptation:UntouchedShare=0", "--urls=http://127.0.0.1:0"];
        var gateway = Gateway.Program.Build([.. GatewayKnobs.For($"http://{origin.EndPoint}", knobs)], static builder => builder.Logging.ClearProviders());
        await gateway.StartAsync(cancellation);
        return gateway;
    }

    private bool Has(string player, AgreementCase @case)
    {
        lock (_lock) return _done.Exists(r => r.Player == player && r.Case == @case);
    }

    private async Task TryAsync(Recorder recorder, string player, AgreementCase @case, CancellationToken cancellation)
    {
        Recording recording;
        try
        {
            recording = await recorder.RecordAsync(player, @case, cancellation);
        }
        catch (TimeoutException)
        {
            Say($"{player,-7} {@case.Trace,-32} the page did not report");
            return;
        }

        var usable = recording.PageLagMs <= MostLagMs && recording.LinkLagMs <= MostLagMs && recording.Loads.Length > 0;
        if (usable)
        {
            lock (_lock)
            {
                _done.Add(recording);
                RecordingFile.Write(file, _done);
            }
        }

        var quality = RecordedQuality.Of(recording);
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{player,-7} {@case.Trace,-32} start-up {recording.StartupMs,6} ms, {recording.Stalls.Length} stalls of {recording.Stalls.Sum(s => s.LastedMs) / 1000.0:F1} s, {quality}, {recording.Loads.Length,3} requests, lag {recording.PageLagMs}/{recording.LinkLagMs} ms{(usable ? "" : ": again")} {string.Join("; ", recording.Errors.Take(3))}"));
    }

    private void Say(string line)
    {
        lock (_lock) output.WriteLine(line);
    }
}
