using Gateway.Load.Links;
using Gateway.Load.Reports;
using Gateway.Load.Scenarios;
using Gateway.Load.Scenarios.ReadyMade;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Gateway.Load.Targets;

/// <summary>
/// A system under test that the run started itself: an origin in this process, and either one gateway beside it or several in processes of their own behind HAProxy.
/// Ends all of it when disposed.
/// </summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    private readonly OriginHost _origin;
    private readonly WebApplication? _inProcess;
    private readonly GatewayCluster? _cluster;
    private readonly StandingSurroundings? _surroundings;

    private RunningSystem(OriginHost origin, WebApplication? inProcess, GatewayCluster? cluster, StandingSurroundings? surroundings)
    {
        _origin = origin;
        _inProcess = inProcess;
        _cluster = cluster;
        _surroundings = surroundings;
    }

    /// <summary>Where players go, without a slash at its end.</summary>
    public string Url => _cluster?.Url ?? _inProcess!.Urls.First();

    public string Description => _cluster is null
        ? $"gateway and {_origin.Name} in the tester's own process"
        : $"{(_cluster.HasBalancer ? $"{_cluster.Count} gateways behind HAProxy" : "a gateway in a process of its own")}, {_origin.Name}, all on this machine";

    /// <summary>What of it runs in the tester's process.</summary>
    public string InProcess => _cluster is null ? $"the gateway with {_origin.Name}" : _origin.Name;

    /// <summary>What its titles hold.</summary>
    public IKnownTitles Known => _origin.Known;

    /// <summary>What was asked of its origin.</summary>
    public OriginCount Origin => _origin.Count;

    /// <summary>Whether a gateway's cache is in the tester's heap.</summary>
    public bool SharesHeap => _cluster is null;

    /// <param name="origin">What is played.</param>
    /// <param name="gateways">1 = in this process, unless it has surroundings of its own.</param>
    /// <param name="wanted">What they stand in.</param>
    /// <param name="knobs">For the gateways, as on their command line.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">HAProxy is missing, or something did not start; the message says what.</exception>
    public static async Task<RunningSystem> StartAsync(OriginKind origin, int gateways, Surroundings wanted, IReadOnlyList<string> knobs, TimeProvider time, CancellationToken stop)
    {
        var host = await OriginHost.StartAsync(origin, time, stop);
        StandingSurroundings? surroundings = null;
        try
        {
            if (gateways > 1 || wanted != new Surroundings())
            {
                surroundings = await StandingSurroundings.StartAsync(wanted, gateways, time);
                return new RunningSystem(host, null, await GatewayCluster.StartAsync(gateways, host, knobs, surroundings, time, stop), surroundings);
            }

            var gateway = Gateway.Program.Build([.. GatewayKnobs.For(host.UrlFor(0), knobs), "--urls=http://127.0.0.1:0"], static builder =>
            {
                builder.Logging.ClearProviders();
            });
            await gateway.StartAsync(stop);
            return new RunningSystem(host, gateway, null, null);
        }
        catch
        {
            if (surroundings is not null) await surroundings.DisposeAsync();
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>What gateways in processes of their own counted of their requests to each other and to the origin.</summary>
    public async Task<IReadOnlyList<string>> CountsAsync() => _cluster is null ? [] : await _cluster.CountsAsync();

    /// <summary>What is told of the system at the end of a run: what its origin saw, and how gateways in processes of their own and what they stand in came through.</summary>
    public async Task<IReadOnlyList<Figure>> FiguresAsync() => [.. _origin.Count.Figures(), .. _cluster is null ? [] : await _cluster.FiguresAsync(), .. _surroundings?.Figures() ?? []];

    /// <summary>Has something happen to it; at once, and without waiting for the end.</summary>
    public void Disturb(Disturbance disturbance)
    {
        switch (disturbance.Kind)
        {
            case DisturbanceKind.OriginDown:
                _origin.Trouble = OriginTrouble.Down;
                break;
            case DisturbanceKind.OriginSlow:
                _origin.Trouble = OriginTrouble.Slow;
                break;
            case DisturbanceKind.OriginLying:
                _origin.Trouble = OriginTrouble.Lying;
                break;
            case DisturbanceKind.OriginUp:
                _origin.Trouble = OriginTrouble.None;
                break;
            case DisturbanceKind.StopDatabase or DisturbanceKind.StartDatabase or DisturbanceKind.EnlargeDisks:
                _surroundings?.Disturb(disturbance.Kind);
                break;
            default:
                _cluster?.Disturb(disturbance);
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        if (_surroundings is not null) await _surroundings.DisposeAsync();
        if (_inProcess is not null)
        {
            await _inProcess.StopAsync();
            await _inProcess.DisposeAsync();
        }

        await _origin.DisposeAsync();
    }
}
