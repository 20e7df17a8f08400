namespace Gateway.Load.Pacing;

/// <summary>How many copies the constant phases want at a moment, and when the next one is wanted: pure, a function of the phases alone.</summary>
internal sealed class CopySchedule
{
    private readonly List<Span> _spans = [];

    public CopySchedule(IReadOnlyList<LoadSimulation> phases)
    {
        var at = TimeSpan.Zero;
        var copies = 0.0;
        foreach (var phase in phases)
        {
            var (from, to) = phase.Kind switch
            {
                LoadSimulationKind.KeepConstant => (phase.Amount, phase.Amount),
                LoadSimulationKind.RampingConstant => (copies, phase.Amount),
                _ => (0.0, 0.0),
            };
            _spans.Add(new Span(at, phase.During, from, to));
            copies = to;
            at += phase.During;
            Most = Math.Max(Most, (int)Math.Max(from, to));
        }

        Duration = at;
    }

    /// <summary>Length of all phases together.</summary>
    public TimeSpan Duration { get; }

    /// <summary>The most copies wanted at once.</summary>
    public int Most { get; }

    /// <summary>Copies wanted at a moment; none before the start and after the end.</summary>
    public int WantedAt(TimeSpan elapsed)
    {
        if (elapsed < TimeSpan.Zero || elapsed >= Duration) return 0;
        var span = _spans[IndexAt(elapsed)];
        return (int)Math.Floor(span.From + ((span.To - span.From) * ((elapsed - span.At) / span.During)) + 1e-9);
    }

    /// <summary>
    /// The first moment from <paramref name="elapsed"/> on at which more than <paramref name="running"/> copies are wanted; null when that never comes. That moment is
    /// the intended start of the copy, however late it is looked at.
    /// </summary>
    public TimeSpan? NextStart(TimeSpan elapsed, int running)
    {
        if (elapsed < TimeSpan.Zero) elapsed = TimeSpan.Zero;
        for (var i = elapsed >= Duration ? _spans.Count : IndexAt(elapsed); i < _spans.Count; i++)
        {
            var span = _spans[i];
            var begin = elapsed > span.At ? elapsed : span.At;
            if (WantedAt(begin) > running) return begin;
            if (span.To < running + 1 || span.To <= span.From) continue;
            // One tick up, so that rounding does not name a moment just before the copy is wanted.
            var due = span.At + TimeSpan.FromTicks((long)Math.Ceiling((running + 1 - span.From) / (span.To - span.From) * span.During.Ticks));
            if (due < span.At + span.During) return due;
        }

        return null;
    }

    /// <summary>The first moment after <paramref name="elapsed"/> at which fewer than <paramref name="running"/> copies are wanted; the end of the run at the latest.</summary>
    public TimeSpan NextStop(TimeSpan elapsed, int running)
    {
        if (elapsed >= Duration) return elapsed;
        for (var i = IndexAt(elapsed < TimeSpan.Zero ? TimeSpan.Zero : elapsed); i < _spans.Count; i++)
        {
            var span = _spans[i];
            var begin = elapsed > span.At ? elapsed : span.At;
            if (WantedAt(begin) < running) return begin;
            if (span.To >= running || span.To >= span.From) continue;
            return span.At + TimeSpan.FromTicks((long)Math.Ceiling((span.From - running) / (span.From - span.To) * span.During.Ticks) + 1);
        }

        return Duration;
    }

    private int IndexAt(TimeSpan elapsed) => _spans.FindLastIndex(s => s.At <= elapsed);

    private readonly record struct Span(TimeSpan At, TimeSpan During, double From, double To);
}
