using System.Diagnostics.Metrics;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Adaptation;
using Gateway.Media;
using Gateway.Sessions;
using Gateway.Sessions.Registry;
using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Sessions.Registry;

/// <summary>A node's session registry with a manual clock.</summary>
public abstract class RegistryFixture : IDisposable
{
    private protected static readonly MediaAddress Entry = new("origin", "/demo/master.m3u8", "");

    private protected readonly ManualTimeProvider _time = new();
    private protected readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private protected readonly SessionsOptions _options = new();
    private protected readonly AccessOptions _access = new();
    private protected readonly SessionRegistry _sessions;
    private protected readonly SessionDrafts _drafts;

    private protected RegistryFixture()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var metrics = new SessionMetrics(meters);
        var telemetryOptions = Options.Create(new TelemetryOptions { Events = EventDestination.File });
        var telemetry = new SessionTelemetry(metrics, new AdaptationMetrics(meters), new EventLog(telemetryOptions, _time, new TelemetryMetrics(meters)), _time);
        var signer = new TicketSigner(TicketKeyRing.ForThisProcess(), _time);
        _sessions = new SessionRegistry(new SessionFactory(new TicketIssuer(_access, _time), signer, null, _options, _time), _options, telemetry, metrics, _time);
        _drafts = new SessionDrafts(_sessions, _time);
    }

    public void Dispose()
    {
        _drafts.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Dictionary<string, long> Active()
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

    private protected void PlayOn(SessionState session, TimeSpan time)
    {
        _time.Advance(time);
        Resume(session.Paths.Ticket);
    }

    private protected SessionState Find(string user, string player)
    {
        _drafts.FindOrDraft(new ViewerKey(user, Entry, player, default), SessionParameters.ByUrl, default, out var session, out var draft);
        if (draft is null) return session!;
        _drafts.Shown(draft);
        _drafts.Leave(draft);
        return session!;
    }

    private protected SessionState? Resume(Ticket ticket) => _sessions.Resume(ticket, default, out var session) == ResumeVerdict.Resumed ? session : null;

    private protected (OpenVerdict Verdict, SessionState? Session) Open(SessionParameters parameters, string user = "u")
    {
        var verdict = _sessions.Open(user, Entry, parameters, default, out var session);
        return (verdict, session);
    }
}
