using System.Globalization;
using Gateway.Benchmarks.Hits;
using Gateway.Benchmarks.Saturation;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>Connections, each with a session of its own, which ask in four turns: each half of them for each half of the objects.</summary>
internal sealed class WriteLoad : IDisposable
{
    public const int Turns = 4;

    private const int Connections = 8;

    private readonly HitGateway _gateway;
    private readonly List<(HitViewer Viewer, string Player, string Session)> _viewers = [];
    private int _new = 1_000_000;

    private WriteLoad(HitGateway gateway) => _gateway = gateway;

    public static async Task<WriteLoad> StartAsync(HitGateway gateway)
    {
        var load = new WriteLoad(gateway);
        for (var i = 0; i < 2 * Connections; i++)
        {
            var player = FormattableString.Invariant($"player {i}");
            load._viewers.Add((await HitViewer.ConnectAsync(gateway.Url), player, await gateway.OpenSessionAsync(player)));
        }

        return load;
    }

    /// <summary>The gateway has one core after the other: what every core writes is told from what each has for itself, also where the machine is busy with other things.</summary>
    /// <param name="asked">For what.</param>
    /// <param name="turn">From 0 on.</param>
    /// <param name="requests">Of all connections and cores.</param>
    public async Task AskAsync(WriteCase asked, int turn, int requests)
    {
        var cores = Math.Min(Environment.ProcessorCount, WriteRecord.Cores);
        for (var core = 0; core < cores; core++)
        {
            await CoreAffinity.MoveAsync(_gateway.ProcessId, core.ToString(CultureInfo.InvariantCulture));
            await Task.WhenAll(Enumerable.Range(turn % 2 * Connections, Connections).Select(number => AskAsync(asked, turn, number, requests / Connections / cores)));
        }
    }

    private async Task AskAsync(WriteCase asked, int turn, int number, int times)
    {
        const int Half = WriteCase.Objects / 2;
        var (viewer, player, session) = _viewers[number];
        for (var i = 0; i < times; i++)
        {
            var path = asked.Object(asked.IsNew ? Interlocked.Increment(ref _new) : (turn / 2 * Half) + ((number + i) % Half));
            await viewer.AskAsync(HitViewer.RequestFor(_gateway.Url.Authority, (asked.IsTicketed ? session : "/play/") + path, player));
        }
    }

    public void Dispose()
    {
        foreach (var (viewer, _, _) in _viewers) viewer.Dispose();
    }
}
