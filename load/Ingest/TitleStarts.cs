using Gateway.Load.Reports;

namespace Gateway.Load.Ingest;

/// <summary>Viewers who press Play on a title on demand, one after another at even distances: how long each waits for the last byte of its first segment.</summary>
internal sealed class TitleStarts(HttpClient client, TimeProvider time)
{
    private static readonly string[] s_titles = ["demo", "demo-ladder", "demo-30s", "demo-6s", "demo-ts"];

    /// <summary>Starts viewers for a time.</summary>
    /// <returns>Microseconds of each start that went well, and how many did not.</returns>
    public async Task<(ValueHistogram Times, int Failed)> MeasureAsync(TimeSpan duration, TimeSpan every, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var starts = new List<Task<TimeSpan?>>();
        for (var i = 0; every * i < duration; i++)
        {
            if ((every * i) - time.GetElapsedTime(began) is { Ticks: > 0 } early) await Task.Delay(early, time, stop);
            starts.Add(StartAsync(s_titles[i % s_titles.Length], stop));
        }

        var times = new ValueHistogram();
        var failed = 0;
        foreach (var took in await Task.WhenAll(starts))
        {
            if (took is { } good) times.Record((long)good.TotalMicroseconds);
            else failed++;
        }

        return (times, failed);
    }

    private async Task<TimeSpan?> StartAsync(string title, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        try
        {
            var list = new Uri(client.BaseAddress!, $"/play/{title}/master.m3u8");
            var text = await client.GetStringAsync(list, stop);
            if (text.Contains("#EXT-X-STREAM-INF", StringComparison.Ordinal)) text = await client.GetStringAsync(list = new Uri(list, FirstLineOf(text)), stop);
            using var segment = await client.GetAsync(new Uri(list, FirstLineOf(text)), stop);
            return segment.IsSuccessStatusCode ? time.GetElapsedTime(began) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static string FirstLineOf(string list) => list.Split('\n').First(static l => l.Length > 0 && l[0] != '#');
}
