using System.Diagnostics.Metrics;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Origin;
using Gateway.Sessions;
using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Sessions;

[Collection(nameof(MeasuresMemory))]
public sealed class SessionRegistryTests : IDisposable
{
    private static readonly MediaAddress Entry = new("origin", "/demo/master.m3u8", "");

    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SessionsOptions _options = new();
    private readonly AccessOptions _access = new();
    private readonly SessionRegistry _sessions;

    public SessionRegistryTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var metrics = new SessionMetrics(meters);
        var telemetry = Options.Create(new TelemetryOptions { Events = EventDestination.File });
        var ledger = new SessionLedger(metrics, new EventLog(telemetry, _time, new TelemetryMetrics(meters)), _time);
        var signer = new TicketSigner(TicketKeyRing.ForThisProcess(), _time);
        _sessions = new SessionRegistry(new TicketOffice(_access, _time), signer, _options, ledger, metrics, _time);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void FindOrOpen_SameViewer_FindsItsOwn()
    {
        var first = Find("u", "p");
        Assert.Same(first, Find("u", "p"));
        Assert.NotSame(first, Find("u", "q"));
        Assert.NotSame(first, Find("w", "p"));
        Assert.Equal(3, _sessions.Count);
    }

    [Fact]
    public async Task FindOrOpen_SameViewerManyTimesAtOnce_IsOneViewing()
    {
        var found = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Find("u", "p"))));
        Assert.Single(found.Distinct());
        Assert.Equal(1, _sessions.Count);
    }

    [Fact]
    public void Latest_MoreThanWanted_AreThoseHeardOfLast()
    {
        SessionState[] opened = [.. Enumerable.Range(0, 5).Select(i =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Find("u", $"p{i}");
        })];
        _time.Advance(TimeSpan.FromSeconds(1));
        opened[1].Touch(_time.GetUtcNow());

        Assert.Equal([opened[1], opened[4], opened[3]], _sessions.Latest(3));
    }

    [Fact]
    public void Open_MoreStreamsThanAllowed_IsRefusedUntilOneEnds()
    {
        var order = new SessionOrder { MaxStreams = 2 };
        var first = Open(order).Session!;
        Open(order);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order).Verdict);
        Assert.True(_sessions.End(first.Id, SessionEnding.Client));
        Assert.Equal(OpenVerdict.Opened, Open(order).Verdict);
    }

    [Fact]
    public void Open_OtherUsersStreams_DoNotCount()
    {
        var order = new SessionOrder { MaxStreams = 1 };
        Open(order, "a");
        Assert.Equal(OpenVerdict.Opened, Open(order, "b").Verdict);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order, "a").Verdict);
    }

    [Fact]
    public async Task Open_ManyAtOnce_NeverExceedsTheLimit()
    {
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Open(new SessionOrder { MaxStreams = 3 }).Verdict)));
        Assert.Equal(3, verdicts.Count(v => v == OpenVerdict.Opened));
    }

    [Fact]
    public void Open_WhatIsNoLongerAStream_GivesItsPlaceAway()
    {
        var order = new SessionOrder { MaxStreams = 1 };
        // Carried on by another.
        var old = Open(order).Session!;
        var next = Open(order with { Previous = old.Id });
        Assert.Equal(OpenVerdict.Opened, next.Verdict);
        old.Supersede(_time.GetUtcNow());
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order).Verdict);
        _sessions.End(next.Session!.Id, SessionEnding.Client);
        // Fetched ahead, not yet begun.
        Assert.Equal(OpenVerdict.Opened, Open(order with { Prewarmed = true }).Verdict);
        // On the same device, in place of what played there.
        Assert.Equal(OpenVerdict.Opened, Open(order with { DeviceId = "tv" }).Verdict);
        Assert.Equal(OpenVerdict.Opened, Open(order with { DeviceId = "tv" }).Verdict);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order with { DeviceId = "phone" }).Verdict);
        // Silent for long.
        _time.Advance(_options.StreamTimeout);
        Assert.Equal(OpenVerdict.Opened, Open(order with { DeviceId = "phone" }).Verdict);
    }

    [Fact]
    public void Open_SupersededButStillPlaying_CountsAgain()
    {
        var order = new SessionOrder { MaxStreams = 1 };
        var old = Open(order).Session!;
        var next = Open(order with { Previous = old.Id }).Session!;
        old.Supersede(_time.GetUtcNow());
        _sessions.End(next.Id, SessionEnding.Client);
        // Its player comes to an end with what it has …
        PlayOn(old, _options.StreamTimeout - TimeSpan.FromSeconds(30));
        var third = Open(order);
        Assert.Equal(OpenVerdict.Opened, third.Verdict);
        _sessions.End(third.Session!.Id, SessionEnding.Client);
        // … or somebody watches on.
        PlayOn(old, TimeSpan.FromSeconds(60));
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order).Verdict);
    }

    [Fact]
    public void Open_NextOnTheSameDevice_LeavesTheOtherPlacesFree()
    {
        var order = new SessionOrder { MaxStreams = 2 };
        Open(order with { DeviceId = "tv" });
        Open(order with { DeviceId = "tv" });
        Assert.Equal(OpenVerdict.Opened, Open(order with { DeviceId = "phone" }).Verdict);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order with { DeviceId = "tablet" }).Verdict);
    }

    [Fact]
    public void Resume_OfASilentViewing_IsOneTooManyWhileItsPlaceIsTaken()
    {
        var order = new SessionOrder { MaxStreams = 1 };
        var silent = Open(order).Session!;
        _time.Advance(_options.StreamTimeout);
        var other = Open(order).Session!;
        Assert.Same(silent, _sessions.Resume(silent.Paths.Ticket, out var isOneTooMany));
        Assert.True(isOneTooMany);
        _sessions.Resume(other.Paths.Ticket, out isOneTooMany);
        Assert.False(isOneTooMany);
        // Asking did not make it count.
        _sessions.End(other.Id, SessionEnding.Client);
        _sessions.Resume(silent.Paths.Ticket, out isOneTooMany);
        Assert.False(isOneTooMany);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order).Verdict);
    }

    [Fact]
    public void Resume_OfViewingsFetchedAhead_BeginsOnlyWithinTheLimit()
    {
        var order = new SessionOrder { MaxStreams = 1, Prewarmed = true };
        var first = Open(order).Session!;
        var second = Open(order).Session!;
        _sessions.Resume(first.Paths.Ticket, out var isOneTooMany);
        Assert.False(isOneTooMany);
        first.Playhead.Asked(null, null, null, _time.GetUtcNow());
        _sessions.Resume(second.Paths.Ticket, out isOneTooMany);
        Assert.True(isOneTooMany);
    }

    [Fact]
    public void Resume_WithoutALimit_IsNeverOneTooMany()
    {
        var silent = Open(new SessionOrder()).Session!;
        _time.Advance(_options.StreamTimeout);
        Open(new SessionOrder());
        Assert.NotNull(_sessions.Resume(silent.Paths.Ticket, out var isOneTooMany));
        Assert.False(isOneTooMany);
    }

    [Fact]
    public void Open_FullNode_IsRefused()
    {
        _options.MaxSessions = 1;
        Open(new SessionOrder());
        Assert.Equal(OpenVerdict.Full, Open(new SessionOrder()).Verdict);
    }

    [Fact]
    public void EndIdle_AfterTheTimeout_EndsAndKeepsTheGaugeRight()
    {
        var session = Open(new SessionOrder()).Session!;
        _time.Advance(_options.IdleTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal(0, _sessions.EndIdle());
        Assert.True(_sessions.Lives(session.Id));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _sessions.EndIdle());
        Assert.Equal(0, _sessions.Count);
        Assert.Equal(PlaybackState.Stopped, session.Playhead.Picture.State);
        Assert.True(_sessions.HasEnded(session.Id));
    }

    [Fact]
    public void SessionEnded_WhateverEndsIt_IsToldOnce()
    {
        var ended = new List<SessionState>();
        _sessions.SessionEnded += ended.Add;
        var left = Open(new SessionOrder()).Session!;
        var revoked = Open(new SessionOrder()).Session!;
        var idle = Open(new SessionOrder()).Session!;
        _sessions.End(left.Id, SessionEnding.Client);
        _sessions.End(left.Id, SessionEnding.Client);
        _sessions.EndedElsewhere(revoked.Id, revoked.Paths.Ticket.HardExpiry, SessionEnding.Revoked);
        _time.Advance(_options.IdleTimeout);
        _sessions.EndIdle();
        _sessions.EndIdle();
        Assert.Equal([left, revoked, idle], ended);
    }

    [Fact]
    public void Resume_UnknownTicket_GoesOnHere()
    {
        var ticket = new TicketOffice(_access, _time).Open(Guid.Parse("6f1c1f0e-8a4b-4c7e-9d7b-0d9a2b1c3d4e"), "u", "origin", "/demo/x");
        Assert.Equal(ticket.Session, _sessions.Resume(ticket, out _)!.Id);
        Assert.True(_sessions.Lives(ticket.Session));
    }

    [Fact]
    public void Resume_EndedByItsClient_IsOverForGood()
    {
        var session = Open(new SessionOrder()).Session!;
        _sessions.End(session.Id, SessionEnding.Client);
        Assert.Null(_sessions.Resume(session.Paths.Ticket, out _));
        Assert.False(_sessions.End(session.Id, SessionEnding.Client));
    }

    [Fact]
    public void Resume_AfterALongPause_GoesOn()
    {
        var session = Open(new SessionOrder()).Session!;
        _time.Advance(_options.IdleTimeout);
        _sessions.EndIdle();
        Assert.NotNull(_sessions.Resume(session.Paths.Ticket, out _));
        Assert.True(_sessions.Lives(session.Id));
    }

    [Fact]
    public void EndedElsewhere_IsOverHereToo()
    {
        var session = Open(new SessionOrder()).Session!;
        _sessions.EndedElsewhere(session.Id, session.Paths.Ticket.HardExpiry, SessionEnding.Revoked);
        Assert.Null(_sessions.Resume(session.Paths.Ticket, out _));
        // What this node has not seen yet, either.
        var ticket = session.Paths.Ticket with { Session = Guid.Parse("6f1c1f0e-8a4b-4c7e-9d7b-0d9a2b1c3d4e") };
        _sessions.EndedElsewhere(ticket.Session, ticket.HardExpiry, SessionEnding.Client);
        Assert.Null(_sessions.Resume(ticket, out _));
    }

    [Fact]
    public void End_MoreThanAreHeld_ForgetsTheOldestEnds()
    {
        _options.MaxSessions = 10;
        var ended = Enumerable.Range(0, 12).Select(_ =>
        {
            var session = Open(new SessionOrder()).Session!;
            _sessions.End(session.Id, SessionEnding.Client);
            return session.Id;
        }).ToArray();
        Assert.False(_sessions.HasEnded(ended[0]));
        Assert.All(ended[2..], id => Assert.True(_sessions.HasEnded(id)));
    }

    [Fact]
    public void Sessions_TakeAtMost4KiBEach()
    {
        const int count = 20_000;
        _options.MaxSessions = count;
        Open(new SessionOrder());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1; i < count; i++) Find($"user{i}", "player");
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        Assert.InRange(each, 100, 4096);
    }

    [Fact]
    public void Active_IsCountedByEngineAndProtocol_EmptyOnesToo()
    {
        Open(new SessionOrder { Engine = PlaybackEngine.Segmented });
        var direct = Open(new SessionOrder { Engine = PlaybackEngine.Direct }).Session!;
        Assert.Equal(1, Active()["direct file"]);
        Assert.Equal(1, Active()["segmented file"]);
        Assert.Equal(0, Active()["segmented dash"]);

        _sessions.End(direct.Id, SessionEnding.Client);
        Assert.Equal(0, Active()["direct file"]);
        Assert.Equal(6, Active().Count);
    }

    [Fact]
    public void Active_ProtocolKnownLater_MovesWithTheNextRequest()
    {
        var session = Open(new SessionOrder { Engine = PlaybackEngine.Segmented }).Session!;
        session.Trail.Loaded(StreamingProtocol.Hls, Entry, []);
        _sessions.Resume(session.Paths.Ticket, out _);
        Assert.Equal((0, 1), (Active()["segmented file"], Active()["segmented hls"]));
    }

    [Fact]
    public void Active_TakenOverByAnotherNode_IsCountedThere()
    {
        var session = Open(new SessionOrder()).Session!;
        session.Own(false);
        _sessions.EndIdle();
        Assert.All(Active().Values, count => Assert.Equal(0, count));
        session.Own(true);
        _sessions.EndIdle();
        Assert.Equal(1, Active().Values.Sum());
    }

    [Fact]
    public async Task Active_OpenedEndedAndLookedAtAtOnce_ComesToNothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(user => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                var session = Open(new SessionOrder(), $"user{user}").Session!;
                session.Trail.Loaded((StreamingProtocol)(i % 3), Entry, []);
                Parallel.Invoke(() => _sessions.Resume(session.Paths.Ticket, out _), () => _sessions.End(session.Id, SessionEnding.Client), () => _sessions.EndIdle());
            }
        })));
        Assert.Equal(0, _sessions.Count);
        Assert.All(Active().Values, count => Assert.Equal(0, count));
    }

    private Dictionary<string, long> Active()
    {
        var active = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "gateway.sessions.active" && ReferenceEquals(instrument.Meter.Scope, _services.GetRequiredService<IMeterFactory>()))
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => active.Add($"{tags[0].Value} {tags[1].Value}", value));
        listener.Start();
        listener.RecordObservableInstruments();
        return active;
    }

    private void PlayOn(SessionState session, TimeSpan time)
    {
        _time.Advance(time);
        _sessions.Resume(session.Paths.Ticket, out _);
    }

    private SessionState Find(string user, string player)
    {
        _sessions.FindOrOpen(new ViewerMark(user, Entry, player, default), SessionOrder.ByUrl, default, out var session);
        return session!;
    }

    private (OpenVerdict Verdict, SessionState? Session) Open(SessionOrder order, string user = "u")
    {
        var verdict = _sessions.Open(user, Entry, order, default, out var session);
        return (verdict, session);
    }
}
