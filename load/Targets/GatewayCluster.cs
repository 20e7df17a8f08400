using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Load.Scenarios;

namespace Gateway.Load.Targets;

/// <summary>Several gateways in processes of their own with the same ticket keys, behind HAProxy with the configuration of <c>deploy/haproxy</c>: two that hash, or three that are peers.</summary>
internal sealed class GatewayCluster : IAsyncDisposable
{
    /// <summary>From so many on they fetch from each other, and the balancer does not hash.</summary>
    private const int PeerCount = 3;

    private readonly List<Node> _nodes = [];
    private readonly TimeProvider _time;
    private readonly string[] _knobs;
    private readonly HttpClient _operator = new();
    private readonly string _operatorKey = NewKey();
    private string[] _peers = [];
    private ChildProcess? _balancer;

    private GatewayCluster(string[] knobs, TimeProvider time)
    {
        _knobs = [.. knobs, $"--Gateway:Admin:ApiKey={_operatorKey}"];
        _time = time;
        _operator.DefaultRequestHeaders.Add("X-Admin-Key", _operatorKey);
    }

    public int Count => _nodes.Count;

    /// <summary>Of the balancer, without a slash at its end.</summary>
    public string Url { get; private set; } = "";

    /// <exception cref="IOException">HAProxy is missing, or something did not start.</exception>
    public static async Task<GatewayCluster> StartAsync(int count, string origin, IReadOnlyList<string> more, TimeProvider time, CancellationToken stop)
    {
        var cluster = new GatewayCluster(
            [
                .. GatewayKnobs.For(origin, more), $"--Gateway:Access:TicketKeys:0={NewKey()}", "--Gateway:Access:TrustedProxies:0=127.0.0.0/8",
                "--Gateway:Sessions:DrainTime=00:00:03",
            ],
            time);
        try
        {
            var ports = FreePorts(count + 1);
            for (var i = 0; i < count; i++) cluster._nodes.Add(new Node(i, ports[i]));
            if (count >= PeerCount) cluster._peers = [.. cluster._nodes.Select(static n => $"--Gateway:Peers:Nodes:{n.Name}={n.Url}")];
            foreach (var node in cluster._nodes) cluster.Start(node);
            await Task.WhenAll(cluster._nodes.Select(n => cluster.ReadyAsync(n.Url, stop)));
            cluster._balancer = Balancer(cluster._nodes, ports[count]);
            cluster.Url = $"http://127.0.0.1:{ports[count]}";
            await cluster.ReadyAsync(cluster.Url, stop);
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
                node.Process?.Kill();
                break;
            case DisturbanceKind.StopGateway:
                node.Process?.Terminate();
                break;
            case DisturbanceKind.StartGateway:
                Start(node);
                break;
            case DisturbanceKind.RestartBalancer:
                _ = RestartBalancerAsync();
                break;
            case DisturbanceKind.DrainGateway:
                _ = DrainAsync(node);
                break;
        }
    }

    /// <summary>What each gateway counted of its requests to peers, for those that are there; a gateway that came back counts from then.</summary>
    public async Task<IReadOnlyList<string>> PeerCountsAsync()
    {
        var lines = new List<string>();
        foreach (var node in _nodes)
        {
            try
            {
                var text = await _operator.GetStringAsync(new Uri($"{node.Url}/metrics"));
                var counts = text.Split('\n').Where(static l => l.StartsWith("gateway_peer_requests_total{", StringComparison.Ordinal)).Select(static l => l.Split('"')[1] + l[l.LastIndexOf(' ')..]);
                lines.Add($"{node.Name}: {string.Join(", ", counts)}");
            }
            catch (HttpRequestException)
            {
                lines.Add($"{node.Name}: away");
            }
        }

        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        if (_balancer is not null) await _balancer.DisposeAsync();
        foreach (var node in _nodes)
        {
            if (node.Process is not null) await node.Process.DisposeAsync();
        }

        _operator.Dispose();
    }

    private void Start(Node node)
    {
        node.Process?.Kill();
        node.Process = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), "--urls", node.Url, .. _knobs, .. _peers.Length == 0 ? [] : (string[])[$"--Gateway:Peers:Self={node.Name}", .. _peers]], new Dictionary<string, string>(StringComparer.Ordinal));
    }

    private async Task RestartBalancerAsync()
    {
        // The port is free only when the old one has gone.
        if (_balancer is not null) await _balancer.DisposeAsync();
        _balancer = Balancer(_nodes, new Uri(Url).Port);
    }

    private async Task DrainAsync(Node node)
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

    private async Task ReadyAsync(string url, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        while (true)
        {
            try
            {
                using var answer = await _operator.GetAsync(new Uri($"{url}/health/ready"), either.Token);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
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

        IOException Silent() => new($"{url} was not ready within a minute.");
    }

    private static ChildProcess Balancer(List<Node> nodes, int port)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "haproxy", nodes.Count == PeerCount ? "peers.cfg" : "haproxy.cfg");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FRONT"] = $"127.0.0.1:{port}" };
        // The files name so many gateways; a fourth would be one more line.
        if (nodes.Count is not (2 or PeerCount)) throw new IOException($"deploy/haproxy has files for two gateways and for three that are peers, not for {nodes.Count}.");
        for (var i = 0; i < nodes.Count; i++) environment[string.Create(CultureInfo.InvariantCulture, $"GATEWAY_{i + 1}")] = $"127.0.0.1:{nodes[i].Port}";
        return ChildProcess.Start("haproxy", ["-db", "-f", file], environment);
    }

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

    private sealed class Node(int index, int port)
    {
        public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"gateway-{index + 1}");

        public int Port => port;

        public string Url => $"http://127.0.0.1:{port}";

        public ChildProcess? Process { get; set; }
    }
}
