using System.Globalization;
using Gateway.Load.Reports;

namespace Gateway.Load.Ingest;

/// <summary>Measures viewers on demand alone, then the same viewers while the sessions upload, and tells both.</summary>
internal sealed class IngestRun(IngestOptions options, TextWriter output, TimeProvider time)
{
    /// <returns>Whether all limits were kept.</returns>
    /// <exception cref="IOException">Something did not start.</exception>
    public async Task<bool> PlayAsync(Uri? target, CancellationToken stop)
    {
        var chunks = await IngestChunks.MakeAsync(stop);
        await using var own = target is null ? await IngestSystem.StartAsync(options.Knobs, time, stop) : null;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = true }) { BaseAddress = target ?? new Uri(own!.Url), Timeout = TimeSpan.FromMinutes(2) };
        var starts = new TitleStarts(client, time);
        // The first of each title fills the cache, so that both measurements are of the same thing.
        await starts.MeasureAsync(options.StartEvery * 10, options.StartEvery, stop);
        var (alone, aloneFailed) = await starts.MeasureAsync(options.Duration, options.StartEvery, stop);
        var figures = new IngestFigures();
        var sessions = new Task[options.Sessions];
        for (var i = 0; i < sessions.Length; i++) sessions[i] = new IngestSession(client, chunks, figures, time).RunAsync(IngestOptions.Chunk * i / sessions.Length, options.Duration, stop);
        var (beside, besideFailed) = await starts.MeasureAsync(options.Duration, options.StartEvery, stop);
        await Task.WhenAll(sessions);
        return await TellAsync(figures, alone, beside, aloneFailed + besideFailed, stop);
    }

    private async Task<bool> TellAsync(IngestFigures figures, ValueHistogram alone, ValueHistogram beside, int failed, CancellationToken stop)
    {
        await LineAsync($"{options.Sessions} live sessions, {figures.Sent} chunks of {IngestOptions.Chunk.TotalSeconds:0} s confirmed, {figures.Repeated} answers \"come again\", {figures.Lost} lost", stop);
        await RowAsync("upload, until confirmed", figures.Uploads, stop);
        await RowAsync("confirmed until listed", figures.Listed, stop);
        await RowAsync("confirmed until playable", figures.Playable, stop);
        await RowAsync("start on demand, alone", alone, stop);
        await RowAsync("start on demand, beside", beside, stop);
        await RowAsync("the tester's own timers", figures.Timers, stop);
        var isQuick = figures.Playable.ValueAt(0.95) <= IngestOptions.MostUntilPlayable.TotalMicroseconds;
        var isUnharmed = beside.ValueAt(0.5) - alone.ValueAt(0.5) <= IngestOptions.MostLonger.TotalMicroseconds;
        var isWhole = figures.Lost == 0 && failed == 0 && figures.Sent > 0;
        await LineAsync($"playable within {IngestOptions.MostUntilPlayable.TotalSeconds:0} s at 95 %: {Word(isQuick)}; start-up on demand at most {IngestOptions.MostLonger.TotalMilliseconds:0} ms longer at the median: {Word(isUnharmed)}; nothing lost: {Word(isWhole)}", stop);
        return isQuick && isUnharmed && isWhole;
    }

    private Task RowAsync(string name, ValueHistogram times, CancellationToken stop) =>
        LineAsync($"{name,-26} {times.Count,6}  median {times.ValueAt(0.5) / 1000.0,8:0.0} ms  95 % {times.ValueAt(0.95) / 1000.0,8:0.0} ms  longest {times.Max / 1000.0,8:0.0} ms", stop);

    private Task LineAsync(FormattableString line, CancellationToken stop) => output.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture).AsMemory(), stop);

    private static string Word(bool isKept) => isKept ? "kept" : "broken";
}
