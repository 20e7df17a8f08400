using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Load.Reports;
using Gateway.Load.Scenarios;

namespace Gateway.Load.Targets;

/// <summary>
/// Several gateways in processes of their own with the same ticket keys, behind HAProxy with the configuration of <c>deploy/haproxy</c>: two that hash, or three that are peers. One alone has no balancer.
/// </summary>
internal sealed class GatewayCluster : IAsyncDisposable
{
    /// <summary>From so many on they fetch from each other, and the balancer does not hash.</summary>
    private const int PeerCount = 3;

    /// <summary>Until a gateway is ready: three that start at once on a busy machine take minutes.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly List<GatewayNode> _nodes = [];
    private readonly TimeProvider _time;
    private readonly OriginHost _origin;
    private readonly IReadOnlyList<string> _more;
    private readonly StandingSurroundings _surroundings;
    private readonly string[] _knobs;
    private readonly NodeWatch _watch;
    private string[] _peers = [];
    private ChildProcess? _balancer;
    private int _front;

    private GatewayCluster(OriginHost origin, IReadOnlyList<string> more, StandingSurroundings surroundings, TimeProvider time)
    {
        var operatorKey = NewKey();
        _origin = origin;
        _more = more;
        _surroundings = surroundings;
        _time = time;
        _knobs =
        [
            $"--Gateway:Access:TicketKeys:0={NewKey()}", "--Gateway:Access:TrustedProxies:0=127.0.0.0/8", $"--Gateway:Access:TrustedProxies:1={LossyLine.Near}/30",
            "--Gateway:Sessions:DrainTime=00:00:03", $"--Gateway:Admin:ApiKey={operatorKey}",
            "--Gateway:Cache:Outage:Patience=00:00:09", "--Gateway:Origin:UnreadyAfter=00:01:00",
        ];
        _watch = new NodeWatch(_nodes, operatorKey, time);
    }

    public int Count => _nodes.Count;

    public bool HasBalancer => Count > 1;

    /// <summary>Of the balancer, where viewers reach it, without a slash at its end.</summary>
    public string Url { get; private set; } = "";

    /// <exception cref="IOException">HAProxy is missing, or something did not start.</exception>
    public static async Task<GatewayCluster> StartAsync(int count, OriginHost origin, IReadOnlyList<string> more, StandingSurroundings surroundings, TimeProvider time, CancellationToken stop)
    {
        var cluster = new GatewayCluster(origin, more, surroundings, time);
        try
        {
            var ports = FreePorts(count + 1);
            for (var i = 0; i < count; i++) cluster._nodes.Add(new GatewayNode(i, ports[i]));
            if (count >= PeerCount && surroundings.Wanted.ArePeers) cluster._peers = [.. cluster._nodes.Select(static n => $"--Gateway:Peers:Nodes:{n.Name}={n.Url}")];
            foreach (var node in cluster._nodes) cluster.Start(node);
            await Task.WhenAll(cluster._nodes.Select(n => cluster.ReadyAsync(n.Url, stop)));
            cluster._front = count == 1 ? ports[0] : ports[count];
            if (count > 1) cluster._balancer = cluster.Balancer();
            await cluster.ReadyAsync(cluster.UrlAt("127.0.0.1"), stop);
            cluster.Url = cluster.UrlAt(surroundings.Line is null ? "127.0.0.1" : LossyLine.Far);
            cluster._watch.Begin();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has something happen to one of the gateways, without waiting for the end of it.</summary>
    public void Disturb(Disturbance disturbance)
    {
        var node = _nodes[disturbance.Gateway % _nodes.Count];
        switch (disturbance.Kind)
        {
            case DisturbanceKind.KillGateway:
                node.Kill();
                _origin.Count.Lost(node.Index);
                break;
            case DisturbanceKind.StopGateway:
                node.Terminate();
                break;
            case DisturbanceKind.StartGateway:
                _origin.Count.Lost(node.Index);
                Start(node);
                break;
            case DisturbanceKind.RestartBalancer when HasBalancer:
                _ = RestartBalancerAsync();
                break;
            case DisturbanceKind.DrainGateway:
                _ = _watch.DrainAsync(node);
                break;
        }
    }

    /// <summary>What each gateway counted of its requests to peers and of its second requests to the origin, for those that are there; a gateway that came back counts from then.</summary>
    public Task<IReadOnlyList<string>> CountsAsync() => _watch.CountsAsync();

    /// <summary>How the gateways stand at the end of the run, and what they told meanwhile.</summary>
    public Task<IReadOnlyList<Figure>> FiguresAsync() => _watch.FiguresAsync();

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        if (_balancer is not null) await _balancer.DisposeAsync();
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private void Start(GatewayNode node) => node.Start(
        _surroundings.LaunchOf(node.Index),
        [
            // An address of the origin for each, by which the origin knows who asks.
            .. GatewayKnobs.For(_origin.UrlFor(node.Index), _more), .. _knobs, .. _surroundings.KnobsOf(node.Index),
            .. _peers.Length == 0 ? [] : (string[])[$"--Gateway:Peers:Self={node.Name}", .. _peers],
        ],
        _surroundings.EnvironmentOf(node.Index));

    private async Task RestartBalancerAsync()
    {
        // The port is free only when the old one has gone.
        if (_balancer is not null) await _balancer.DisposeAsync();
        _balancer = Balancer();
    }

    private async Task ReadyAsync(string url, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(s_patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        while (true)
        {
            try
            {
                if (await _watch.IsReadyAsync(url, either.Token)) return;
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                throw Silent();
            }

            if (_nodes.Find(static n => n.Process is { HasExited: true }) is { } gone) throw new IOException($"A gateway did not start: {gone.Process!.Said}");
            if (_balancer is { HasExited: true } balancer) throw new IOException($"HAProxy did not start: {balancer.Said}");
            if (limit.IsCancellationRequested) throw Silent();
            await Task.Delay(TimeSpan.FromMilliseconds(100), _time, stop);
        }

        IOException Silent() => new($"{url} was not ready within five minutes.");
    }

    private ChildProcess Balancer()
    {
        // The files name so many gateways; a fourth would be one more line.
        if (Count is not (2 or PeerCount)) throw new IOException($"deploy/haproxy has files for two gateways and for three that are peers, not for {Count}.");
        var file = Path.Combine(AppContext.BaseDirectory, "haproxy", Count == PeerCount ? "peers.cfg" : "haproxy.cfg");
        var fronts = _surroundings.Line is null ? Front("127.0.0.1") : $"{Front("127.0.0.1")},{Front(LossyLine.Near)}";
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FRONT"] = fronts };
        foreach (var node in _nodes) environment[string.Create(CultureInfo.InvariantCulture, $"GATEWAY_{node.Index + 1}")] = $"127.0.0.1:{node.Port}";
        return ChildProcess.Start("haproxy", ["-db", "-f", file], environment);
    }

    private string Front(string address) => string.Create(CultureInfo.InvariantCulture, $"{address}:{_front}");

    private string UrlAt(string address) => $"http://{Front(address)}";

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    // All are held before any is given back, so that no two are the same. Somebody else may still take one in between, which the start then tells.
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(static l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
