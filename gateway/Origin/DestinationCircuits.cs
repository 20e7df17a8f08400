using System.Runtime.CompilerServices;
using Polly;
using Polly.CircuitBreaker;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// One circuit breaker for each destination. Every exchange is judged once, when it has ended: an opened circuit keeps requests away for
/// <see cref="OriginOptions.BreakerPause"/>, then one goes through and decides. YARP is told of both, so that its own forwarding leaves
/// the destination alone as well.
/// </summary>
/// <remarks>
/// A status of 500 does not count: it is the word of a living origin about one resource, and a broken title must not close a site. Nor
/// does 503 with Retry-After, with which a transcoder says that an asset is in the making.
/// <para>Thread-safe. Circuits live as long as YARP's object for the destination, across reloads.</para>
/// </remarks>
internal sealed class DestinationCircuits(OriginOptions options, TimeProvider time, IDestinationHealthUpdater health, IProxyStateLookup lookup)
{
    private readonly ConditionalWeakTable<DestinationState, Circuit> _circuits = [];

    /// <summary>Whether requests are kept from this destination now.</summary>
    public bool Refuses(DestinationState destination) => _circuits.TryGetValue(destination, out var circuit) && circuit.Refuses(time.GetTimestamp());

    /// <summary>Destinations of configured clusters whose circuit is not closed.</summary>
    public int CountOpen()
    {
        var open = 0;
        foreach (var cluster in lookup.GetClusters())
        {
            foreach (var destination in cluster.DestinationsState.AllDestinations)
            {
                if (_circuits.TryGetValue(destination, out var circuit) && circuit.IsOpen) open++;
            }
        }

        return open;
    }

    /// <summary>Lets one exchange through, or answers <see cref="OriginFailure.CircuitOpen"/> in its place.</summary>
    public ValueTask<Exchange> RunAsync<TState>(
        ClusterState cluster,
        DestinationState destination,
        Func<TState, ValueTask<Exchange>> exchange,
        TState state) => For(cluster, destination).RunAsync(exchange, state);

    /// <summary>Whether the circuit is open or trying out; YARP then keeps the verdict that the circuit gave it.</summary>
    public bool IsOpen(DestinationState destination) => _circuits.TryGetValue(destination, out var circuit) && circuit.IsOpen;

    /// <summary>Tells of a body that broke after its head had been counted as a success.</summary>
    public void BodyBroke(ClusterState cluster, DestinationState destination) => For(cluster, destination).CountFailure();

    private Circuit For(ClusterState cluster, DestinationState destination) =>
        _circuits.TryGetValue(destination, out var circuit) ? circuit : _circuits.GetValue(destination, d => new Circuit(options, time, health, cluster, d));

    private sealed class Circuit
    {
        private static readonly Exchange BrokenBody = Exchange.Failed(OriginFailure.Cut);

        private readonly ResiliencePipeline<Exchange> _breaker;
        private readonly CircuitBreakerStateProvider _state = new();
        private long _refusesUntil;

        public Circuit(OriginOptions options, TimeProvider time, IDestinationHealthUpdater health, ClusterState cluster, DestinationState destination)
        {
            _breaker = new ResiliencePipelineBuilder<Exchange> { TimeProvider = time }
                .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Exchange>
                {
                    FailureRatio = options.BreakerFailureRatio,
                    MinimumThroughput = options.BreakerMinimumExchanges,
                    SamplingDuration = options.BreakerWindow,
                    BreakDuration = options.BreakerPause,
                    StateProvider = _state,
                    ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not null || args.Outcome.Result!.IsDestinationsFault),
                    OnOpened = _ =>
                    {
                        var pause = (long)(options.BreakerPause.TotalSeconds * time.TimestampFrequency);
                        Volatile.Write(ref _refusesUntil, time.GetTimestamp() + pause);
                        health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, options.BreakerPause);
                        return default;
                    },
                    OnClosed = _ =>
                    {
                        health.SetPassive(cluster, destination, DestinationHealth.Healthy, TimeSpan.Zero);
                        return default;
                    },
                })
                .Build();
        }

        public bool IsOpen => _state.CircuitState is not CircuitState.Closed;

        public bool Refuses(long now) => _state.CircuitState is CircuitState.Open && now < Volatile.Read(ref _refusesUntil);

        public async ValueTask<Exchange> RunAsync<TState>(Func<TState, ValueTask<Exchange>> exchange, TState state)
        {
            var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false);
            try
            {
                var outcome = await _breaker.ExecuteOutcomeAsync(
                    static async (_, s) => Outcome.FromResult(await s.exchange(s.state)),
                    context,
                    (exchange, state));
                if (outcome.Exception is BrokenCircuitException) return Exchange.Failed(OriginFailure.CircuitOpen);
                outcome.ThrowIfException();
                return outcome.Result!;
            }
            finally
            {
                ResilienceContextPool.Shared.Return(context);
            }
        }

        /// <summary>Runs nothing and fails: the breaker has no other way to be told.</summary>
        public void CountFailure()
        {
            try
            {
                _breaker.Execute(static () => BrokenBody);
            }
            catch (BrokenCircuitException)
            {
                // It is open already.
            }
        }
    }
}
