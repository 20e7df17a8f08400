using System.Diagnostics.Metrics;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Adaptation;
using Gateway.FunctionalTests.Common;
using Gateway.Media;
using Gateway.Sessions;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;
using Gateway.Sessions.Store;
using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gateway.FunctionalTests;

/// <summary>
/// Random sequences of everything that a user can do, on two nodes that share a real PostgreSQL. After each step the nodes exchange what they know, as they do twice a
/// second; time passes by putting back what stands in the database and putting forward the nodes' clocks.
/// </summary>
public sealed class SharedStreamModelTests : IAsyncLifetime
{
    private const int Steps = 250;
    private static readonly MediaAddress Entry = new("origin", "/t/master.m3u8", "");

    private readonly LeapingTimeProvider _time = new();
    private readonly SessionsOptions _options = new() { IdleTimeout = TimeSpan.FromMinutes(5), StoreTimeout = TimeSpan.FromMinutes(1) };
    private readonly TicketKeyRing _keys = TicketKeyRing.ForThisProcess();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<Ticket> _tickets = [];
    private readonly List<(Node Node, StreamDelivery Delivery)> _underWay = [];
    private PostgresServer? _postgres;
    private NpgsqlDataSource? _db;
    private Node[] _nodes = [];

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.TryStartAsync();
        Assert.SkipWhen(_postgres is null, "PostgreSQL is not installed (Debian: apt-get install postgresql).");
        _db = NpgsqlDataSource.Create(_postgres.ConnectionString);
        _nodes = [MakeNode(), MakeNode()];
        await ExchangeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.Store.DisposeAsync();
        if (_db is not null) await _db.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 3)]
    public async Task AnySequence_OnTwoNodes_NeverDeliversToMoreThanTheLimit(int places, int games)
    {
        var delivered = 0;
        for (var game = 0; game < games; game++)
        {
            _tickets.Clear();
            _underWay.Clear();
            var oracle = new StreamOracle(places, _options.StreamTimeout);
            var dice = new Random((places * 1000) + game);
            for (var step = 0; step < Steps; step++)
            {
                await StepAsync(dice, oracle, _nodes[dice.Next(2)], new SessionParameters { MaxStreams = places }, $"user {game}");
                await ExchangeAsync();
                oracle.UnderWay(_underWay.Where(d => !d.Delivery.IsCut).Select(d => d.Delivery.Session.Id));
            }

            delivered += oracle.Deliveries;
            foreach (var (node, delivery) in _underWay) node.Gate.End(delivery);
        }

        Assert.True(delivered > games * Steps / 10, $"only {delivered} deliveries");
    }

    private async Task StepAsync(Random dice, StreamOracle oracle, Node node, SessionParameters parameters, string user)
    {
        var action = dice.Next(20);
        if (_tickets.Count == 0 || action < 3)
        {
            string?[] devices = [null, "tv", "phone"];
            await OpenAsync(oracle, node, parameters with { DeviceId = devices[dice.Next(3)], Prewarmed = dice.Next(4) == 0 }, user);
            return;
        }

        var ticket = _tickets[^(1 + dice.Next(Math.Min(_tickets.Count, 8)))];
        switch (action)
        {
            case 3 or 4 when (await node.Directory.FindAsync(ticket.Session, true, CancellationToken.None)).Session is { } old:
                await OpenAsync(oracle, node, old.Parameters with { Previous = old.Id, Prewarmed = false }, user);
                break;
            case 5 when node.Sessions.TryGet(ticket.Session, out var beaten):
                beaten.Touch(_time.GetUtcNow());
                node.Gate.Extend(beaten);
                beaten.MarkUrgent();
                break;
            case 6 when Resume(node, ticket) is { } looked:
                node.Gate.MayDeliver(looked);
                break;
            case 7 when dice.Next(2) == 0 && (await node.Directory.FindAsync(ticket.Session, true, CancellationToken.None)).Session is { } killed:
                await node.Directory.EndAsync(killed, SessionEnding.Client, CancellationToken.None);
                oracle.Ended(killed.Id);
                oracle.Story.Add($"{killed.Id} ended");
                break;
            case 8 or 9:
                await PassAsync(oracle, TimeSpan.FromSeconds(dice.Next(1, 40)));
                break;
            case 10 when dice.Next(2) == 0:
                await PassAsync(oracle, _options.StreamTimeout);
                break;
            case 11 when dice.Next(8) == 0:
                await PassAsync(oracle, _options.IdleTimeout);
                foreach (var each in _nodes) each.Sessions.EndIdle();
                oracle.Story.Add("swept");
                break;
            case 12 or 13 when _underWay.Count > 0:
                var over = _underWay[dice.Next(_underWay.Count)];
                _underWay.Remove(over);
                if (!over.Delivery.IsCut) oracle.Delivered(over.Delivery.Session.Id, _time.GetUtcNow());
                over.Node.Gate.End(over.Delivery);
                break;
            default:
                if (Resume(node, ticket) is not { } session) break;
                var (verdict, delivery) = await node.Gate.BeginAsync(session, CancellationToken.None);
                oracle.Story.Add($"{session.Id} at {Array.IndexOf(_nodes, node)} {verdict}");
                if (delivery is null) break;
                oracle.Delivered(session.Id, _time.GetUtcNow());
                if (action > 16 && _underWay.Count < 6) _underWay.Add((node, delivery));
                else node.Gate.End(delivery);
                break;
        }
    }

    private static SessionState? Resume(Node node, Ticket ticket) => node.Sessions.Resume(ticket, default, out var session) == ResumeVerdict.Resumed ? session : null;

    private async Task OpenAsync(StreamOracle oracle, Node node, SessionParameters parameters, string user)
    {
        var (verdict, session) = await node.Directory.OpenAsync(user, Entry, parameters, default, CancellationToken.None);
        if (session is null)
        {
            Assert.Equal(OpenVerdict.TooManyStreams, verdict);
            return;
        }

        _tickets.Add(session.Paths.Ticket);
        oracle.Opened(session.Id, parameters.Previous, parameters.DeviceId);
        oracle.Story.Add($"{session.Id} opened at {Array.IndexOf(_nodes, node)} after {parameters.Previous} on {parameters.DeviceId} {(parameters.Prewarmed ? "ahead of time" : "")}");
    }

    private async Task ExchangeAsync()
    {
        // Twice, so that the second hears of what the first had to say last.
        foreach (var node in _nodes) await node.Writer.TakeTurnAsync(TestContext.Current.CancellationToken);
        await _nodes[0].Writer.TakeTurnAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>In steps in which a gateway that is at work tells of its answers on their way.</summary>
    private async Task PassAsync(StreamOracle oracle, TimeSpan time)
    {
        oracle.Story.Add($"{time} later");
        for (var step = TimeSpan.FromSeconds(30); time > TimeSpan.Zero; time -= step)
        {
            var by = time < step ? time : step;
            _time.Leap(by);
            await using var shift = _db!.CreateCommand("""
                UPDATE gateway_sessions SET place_until = place_until - @by, place_lost = place_lost - @by, seen = seen - @by, opened = opened - @by, ended = ended - @by,
                    node_seen = node_seen - @by, hard_expiry = hard_expiry - @by
                """);
            shift.Parameters.AddWithValue("by", by);
            await shift.ExecuteNonQueryAsync();
            await ExchangeAsync();
        }

        foreach (var (_, delivery) in _underWay.Where(d => !d.Delivery.IsCut)) oracle.Delivered(delivery.Session.Id, _time.GetUtcNow());
    }

    private Node MakeNode()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var metrics = new SessionMetrics(meters);
        var telemetry = new SessionTelemetry(metrics, new AdaptationMetrics(meters), new EventLog(Options.Create(new TelemetryOptions { Events = EventDestination.Off }), _time, new TelemetryMetrics(meters)), _time);
        var signer = new TicketSigner(_keys, _time);
        var sessions = new SessionRegistry(new SessionFactory(new TicketIssuer(new AccessOptions(), _time), signer, null, _options, _time), _options, telemetry, metrics, _time);
        sessions.Share();
        var store = new SessionStore(NpgsqlDataSource.Create(_postgres!.ConnectionString), signer, _options, _time);
        var drain = new Drain(new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), _options, _time, NullLogger<Drain>.Instance);
        var directory = new SessionDirectory(sessions, new SessionDrafts(sessions, _time), telemetry, new CreateLimiter(_options), drain, store);
        return new Node(sessions, directory, directory.Streams, store, new SessionStoreWriter(store, sessions, _options, _time, NullLogger<SessionStoreWriter>.Instance));
    }

    private sealed record Node(SessionRegistry Sessions, SessionDirectory Directory, StreamGate Gate, SessionStore Store, SessionStoreWriter Writer);
}
