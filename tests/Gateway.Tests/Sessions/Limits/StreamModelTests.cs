using Gateway.Access.Tickets;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;
using Gateway.Testing;
using Gateway.Tests.Sessions.Registry;

namespace Gateway.Tests.Sessions.Limits;

/// <summary>Plays random sequences of everything that a user can do, and never sees more streams than there may be.</summary>
public sealed class StreamModelTests : RegistryFixture
{
    private const int Steps = 400;

    private readonly List<Ticket> _tickets = [];
    private readonly List<StreamDelivery> _underWay = [];

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 40)]
    [InlineData(3, 20)]
    public async Task AnySequence_OnOneNode_NeverDeliversToMoreThanTheLimit(int places, int games)
    {
        var delivered = 0;
        for (var game = 0; game < games; game++)
        {
            _tickets.Clear();
            _underWay.Clear();
            var oracle = new StreamOracle(places, _options.StreamTimeout);
            var gate = new StreamGate(_sessions, null);
            var dice = new Random((places * 1000) + game);
            for (var step = 0; step < Steps; step++)
            {
                await StepAsync(dice, oracle, gate, new SessionParameters { MaxStreams = places }, $"user {game}");
                oracle.UnderWay(_underWay.Where(d => !d.IsCut).Select(d => d.Session.Id));
            }

            delivered += oracle.Deliveries;
            foreach (var delivery in _underWay) gate.End(delivery);
        }

        // Else the sequences would be of no interest.
        Assert.True(delivered > games * Steps / 10, $"only {delivered} deliveries");
    }

    private async Task StepAsync(Random dice, StreamOracle oracle, StreamGate gate, SessionParameters parameters, string user)
    {
        var action = dice.Next(20);
        if (_tickets.Count == 0 || action < 3)
        {
            string?[] devices = [null, "tv", "phone"];
            Enter(oracle, Open(parameters with { DeviceId = devices[dice.Next(3)], Prewarmed = dice.Next(4) == 0 }, user).Session, "opened");
            return;
        }

        var ticket = _tickets[^(1 + dice.Next(Math.Min(_tickets.Count, 8)))];
        switch (action)
        {
            case 3 or 4 when _sessions.TryGet(ticket.Session, out var old):
                Enter(oracle, Open(old.Parameters with { Previous = old.Id, Prewarmed = false }, user).Session, $"carries {old.Id} on");
                break;
            case 5 when _sessions.TryGet(ticket.Session, out var beaten):
                beaten.Touch(_time.GetUtcNow());
                gate.Extend(beaten);
                break;
            case 6 when Resume(ticket) is { } looked:
                gate.MayDeliver(looked);
                break;
            case 7 when dice.Next(2) == 0:
                if (_sessions.End(ticket.Session, SessionEnding.Client)) oracle.Ended(ticket.Session);
                break;
            case 8 or 9:
                Pass(oracle, TimeSpan.FromSeconds(dice.Next(1, 40)));
                break;
            case 10:
                Pass(oracle, _options.StreamTimeout);
                break;
            case 11 when dice.Next(8) == 0:
                Pass(oracle, _options.IdleTimeout);
                _sessions.EndIdle();
                oracle.Story.Add("swept");
                break;
            case 12 or 13 when _underWay.Count > 0:
                var over = _underWay[dice.Next(_underWay.Count)];
                _underWay.Remove(over);
                if (!over.IsCut) oracle.Delivered(over.Session.Id, _time.GetUtcNow());
                gate.End(over);
                break;
            default:
                if (Resume(ticket) is not { } session) break;
                var (verdict, delivery) = await gate.BeginAsync(session, CancellationToken.None);
                oracle.Story.Add($"{session.Id} {verdict}");
                if (delivery is null) break;
                oracle.Delivered(session.Id, _time.GetUtcNow());
                if (action > 16 && _underWay.Count < 6) _underWay.Add(delivery);
                else gate.End(delivery);
                break;
        }
    }

    private void Enter(StreamOracle oracle, SessionState? session, string how)
    {
        if (session is null) return;
        _tickets.Add(session.Paths.Ticket);
        oracle.Opened(session.Id, session.Parameters.Previous, session.Parameters.DeviceId);
        oracle.Story.Add($"{session.Id} {how} {session.Parameters.DeviceId} {(session.Parameters.Prewarmed ? "ahead of time" : "")}");
    }

    /// <summary>What is on its way goes on all the time.</summary>
    private void Pass(StreamOracle oracle, TimeSpan time)
    {
        _time.Advance(time);
        oracle.Story.Add($"{time} later");
        foreach (var delivery in _underWay.Where(d => !d.IsCut)) oracle.Delivered(delivery.Session.Id, _time.GetUtcNow());
    }
}
