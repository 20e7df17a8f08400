using System.Net;
using System.Net.Sockets;
using Gateway.Origin;
using Gateway.Testing;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Origin;

/// <summary>An origin that is down is one line, and one more when it is back, however often it is probed.</summary>
public sealed class DestinationHealthLogTests : IDestinationHealthUpdater, ILogger<DestinationHealthLog>
{
    private readonly ManualTimeProvider _time = new();
    private readonly ClusterState _cluster = new("origin");
    private readonly DestinationState _destination = new("a");
    private readonly List<(LogLevel Level, string Text)> _lines = [];
    private readonly AnswersHealthPolicy _policy;
    private readonly DestinationHealthLog _log;
    private int _verdicts;

    public DestinationHealthLogTests()
    {
        _log = new DestinationHealthLog(this, _time, this);
        _policy = new AnswersHealthPolicy(_log);
    }

    [Fact]
    public void ProbingCompleted_OfADestinationThatStaysDown_IsToldOnceWithItsCause()
    {
        for (var probe = 0; probe < 20; probe++) Probe(Refused());

        Assert.Equal([(LogLevel.Warning, "'origin/a' is down: Connection refused")], _lines);
        Assert.Equal(20, _verdicts);
    }

    [Fact]
    public void ProbingCompleted_AfterAnOutage_TellsHowLongItWas()
    {
        Probe(Refused());
        _time.Advance(TimeSpan.FromSeconds(40));
        Probe(new DestinationProbingResult(_destination, new HttpResponseMessage(HttpStatusCode.NotFound), null));
        Probe(new DestinationProbingResult(_destination, new HttpResponseMessage(HttpStatusCode.OK), null));

        Assert.Equal((LogLevel.Information, "'origin/a' is back after 40 s"), _lines[^1]);
        Assert.Equal(2, _lines.Count);
    }

    [Fact]
    public void ProbingCompleted_OfAHealthyDestination_TellsNothing()
    {
        for (var probe = 0; probe < 3; probe++) Probe(new DestinationProbingResult(_destination, new HttpResponseMessage(HttpStatusCode.OK), null));

        Assert.Empty(_lines);
    }

    [Fact]
    public void ProbingCompleted_WithAServerError_TellsItsStatus()
    {
        Probe(new DestinationProbingResult(_destination, new HttpResponseMessage(HttpStatusCode.BadGateway), null));

        Assert.Equal("'origin/a' is down: it answered the probe with 502", Assert.Single(_lines).Text);
    }

    [Fact]
    public void ProbingCompleted_WithALongCauseOfManyLines_TellsOneShortLine()
    {
        Probe(new DestinationProbingResult(_destination, null, new HttpRequestException($"one\r\ntwo {new string('x', 1000)}")));

        var text = Assert.Single(_lines).Text;
        Assert.StartsWith("'origin/a' is down: one  two x", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 100, 300);
    }

    [Fact]
    public void SetPassive_OfAnOpenedCircuit_IsToldBesideTheProbes()
    {
        _log.SetPassive(_cluster, _destination, DestinationHealth.Unhealthy, TimeSpan.FromSeconds(5));
        _log.SetPassive(_cluster, _destination, DestinationHealth.Unhealthy, TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        _log.SetPassive(_cluster, _destination, DestinationHealth.Healthy, TimeSpan.Zero);

        Assert.Equal(["'origin/a' gets no requests for a while: too many of them failed", "'origin/a' is back after 5 s"], _lines.Select(l => l.Text));
    }

    void IDestinationHealthUpdater.SetActive(ClusterState cluster, IEnumerable<NewActiveDestinationHealth> newHealthStates)
    {
        foreach (var state in newHealthStates)
        {
            state.Destination.Health.Active = state.NewActiveHealth;
            _verdicts++;
        }
    }

    void IDestinationHealthUpdater.SetPassive(ClusterState cluster, DestinationState destination, DestinationHealth newHealth, TimeSpan reactivationPeriod) =>
        destination.Health.Passive = newHealth;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Add((logLevel, formatter(state, exception)));

    private void Probe(DestinationProbingResult result) => _policy.ProbingCompleted(_cluster, [result]);

    private DestinationProbingResult Refused() =>
        new(_destination, null, new HttpRequestException("Connection refused (127.0.0.1:1)", new SocketException((int)SocketError.ConnectionRefused)));
}
