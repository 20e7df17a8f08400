using Gateway.Adaptation;
using Gateway.Sessions.Quality;

namespace Gateway.Tests.Sessions.Quality;

/// <summary>A sequence of requests as a player sends them, and the clock between them.</summary>
public abstract class StallRecording
{
    private protected readonly StallWatch _watch = new();
    private protected DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private protected void Wait(double seconds) => _now += TimeSpan.FromSeconds(seconds);

    private protected StallSign Look(string type, bool startup = false, bool starved = false, int? bufferMs = null, string? state = null, bool continues = true) =>
        _watch.Look(Report(type, startup, starved, bufferMs, state), continues, _now, out _);

    private protected StallSign LookLong(string type, bool starved, int? bufferMs, out TimeSpan stalled) =>
        _watch.Look(Report(type, false, starved, bufferMs, null), true, _now, out stalled);

    private protected static CmcdReport Report(string type, bool startup, bool starved, int? bufferMs, string? state) =>
        new() { ObjectType = type, Startup = startup, BufferStarved = starved, BufferMs = bufferMs, State = state };
}
