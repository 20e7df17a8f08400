using System.Globalization;
using Gateway.Load.Reports;

namespace Gateway.Load.Targets;

/// <summary>
/// Looks at the gateways of a run as an operator would: their readiness every two seconds, their figures at the end. One loop, ended by <see cref="DisposeAsync"/>; what it saw is read after the run.
/// </summary>
internal sealed class NodeWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<GatewayNode> _nodes;
    private readonly TimeProvider _time;
    private readonly HttpClient _operator = new();
    private readonly CancellationTokenSource _over = new();
    private readonly HashSet<int> _disksInTrouble = [];
    private Task _watching = Task.CompletedTask;

    public NodeWatch(IReadOnlyList<GatewayNode> nodes, string operatorKey, TimeProvider time)
    {
        _nodes = nodes;
        _time = time;
        _operator.DefaultRequestHeaders.Add("X-Admin-Key", operatorKey);
    }

    public void Begin() => _watching = WatchAsync();

    /// <summary>False also where nobody answers.</summary>
    public async Task<bool> IsReadyAsync(string url, CancellationToken stop)
    {
        try
        {
            using var answer = await _operator.GetAsync(new Uri($"{url}/health/ready"), stop);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task DrainAsync(GatewayNode node)
    {
        try
        {
            using var answer = await _operator.PostAsync(new Uri($"{node.Url}/admin/drain"), null);
        }
        catch (HttpRequestException)
        {
            // It is gone already, which is what was wanted of it.
        }
    }

    /// <summary>What each gateway counted of its requests to peers and of its second requests to the origin.</summary>
    public async Task<IReadOnlyList<string>> CountsAsync()
    {
        var lines = new List<string>();
        foreach (var node in _nodes)
        {
            if (await MetricsAsync(node) is not { } text)
            {
                lines.Add($"{node.Name}: away");
                continue;
            }

            var hedges = ValuesOf(text, "gateway_origin_hedges_total").Where(static h => !h.Labels.Contains("refused", StringComparison.Ordinal)).Sum(static h => h.Value);
            var counts = ValuesOf(text, "gateway_peer_requests_total").Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Labels.Split('"')[1]} {c.Value:0}"));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{node.Name}: {string.Join(", ", counts)}; hedged {hedges:0}"));
        }

        return lines;
    }

    /// <summary>How the gateways stand now.</summary>
    public async Task<IReadOnlyList<Figure>> FiguresAsync()
    {
        await EndAsync();
        var (ready, disks, cache, ahead) = (0, 0, 0.0, TimeSpan.Zero);
        foreach (var node in _nodes)
        {
            if (await IsReadyAsync(node.Url, CancellationToken.None)) ready++;
            if (await MetricsAsync(node) is not { } text) continue;
            if (ValuesOf(text, "gateway_cache_disk_state").Any(static s => s.Value == 2)) disks++;
            cache = Math.Max(cache, ValuesOf(text, "gateway_cache_limit_bytes").Sum(static l => l.Value));
            using var answer = await _operator.GetAsync(new Uri($"{node.Url}/health/live"));
            if (answer.Headers.Date is { } date && date - _time.GetUtcNow() is var difference && difference.Duration() > ahead.Duration()) ahead = difference;
        }

        return
        [
            new("gateways.ready", ready, FigureUnit.Number, _nodes.Count),
            new("gateways.diedByThemselves", _nodes.Count(static n => n is { IsToRun: true, Process.HasExited: true }), FigureUnit.Number, _nodes.Count),
            new("disk.inTrouble", _disksInTrouble.Count, FigureUnit.Number, _nodes.Count),
            new("disk.working", disks, FigureUnit.Number, _nodes.Count),
            new("memory.cacheLimit", cache, FigureUnit.Bytes, _nodes.Count),
            new("clock.ahead", ahead.TotalMilliseconds, FigureUnit.Milliseconds, _nodes.Count),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _over.Dispose();
        _operator.Dispose();
    }

    private async Task EndAsync()
    {
        await _over.CancelAsync();
        await _watching;
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(s_period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
            {
                foreach (var node in _nodes) await LookAsync(node);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task LookAsync(GatewayNode node)
    {
        try
        {
            // A gateway that works on without its disk says so in a second line.
            if ((await _operator.GetStringAsync(new Uri($"{node.Url}/health/ready"), _over.Token)).Contains("disk", StringComparison.Ordinal)) _disksInTrouble.Add(node.Index);
        }
        catch (HttpRequestException)
        {
            // It is away, or drains.
        }
    }

    private async Task<string?> MetricsAsync(GatewayNode node)
    {
        try
        {
            return await _operator.GetStringAsync(new Uri($"{node.Url}/metrics"));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static IEnumerable<(string Labels, double Value)> ValuesOf(string text, string name)
    {
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith(name, StringComparison.Ordinal) || line.Length == name.Length || line[name.Length] is not ('{' or ' ')) continue;
            var space = line.LastIndexOf(' ');
            if (double.TryParse(line.AsSpan(space + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) yield return (line[name.Length..space], value);
        }
    }
}
