using Gateway.Connections;
using Gateway.Testing;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Connections;

/// <summary>Streams of HTTP/2 that their clients do not take, while memory is there and while it is short.</summary>
public sealed class SlowResponseTests : IDisposable
{
    private readonly ManualTimeProvider _clock = ManualTimeProvider.FromNow();
    private readonly ConnectionMemory _memory = new(1 << 30);
    private readonly TestMetrics _metrics = new();
    private readonly ClientConnections _connections;
    private readonly List<int> _cut = [];

    public SlowResponseTests() => _connections = new ClientConnections(new ConnectionsOptions(), _memory, _metrics.Metrics, _clock, NullLogger<ClientConnections>.Instance);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Review_InAShortage_CutsWhatStandsLongestInGrowingNumbers()
    {
        _memory.Missing = 1;
        for (var i = 0; i < 8; i++)
        {
            Wait(i);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _connections.Review();
        Assert.Empty(_cut);

        _clock.Advance(TimeSpan.FromSeconds(9));
        _connections.Review();
        Assert.Equal([0], _cut);
        _connections.Review();
        Assert.Equal([0, 1, 2], _cut);
        _memory.Missing = 0;
        _connections.Review();
        Assert.Equal([0, 1, 2], _cut);
    }

    [Fact]
    public void Review_WithMemoryLeft_CutsOnlyWhatNeverMoves()
    {
        var moving = Wait(0);
        Wait(1);
        for (var i = 0; i < 130; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            moving.Moves();
            moving.Waits();
            _connections.Review();
        }

        Assert.Equal([1], _cut);
    }

    private SlowResponse Wait(int number)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(new Lifetime(() => _cut.Add(number)));
        var response = _connections.Watch(context);
        response.Waits();
        return response;
    }

    private sealed class Lifetime(Action aborted) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public void Abort() => aborted();
    }
}
