namespace Gateway.Load.Agreement;

/// <summary>One player on one link, twice.</summary>
/// <param name="Player">Which.</param>
/// <param name="Trace">Which link.</param>
/// <param name="Expected">The real one.</param>
/// <param name="Actual">The virtual one.</param>
internal sealed record AgreementRow(string Player, string Trace, PlayOutcome Expected, PlayOutcome Actual)
{
    /// <summary>
    /// What both finish in the last seconds is a matter of chance: one segment ends just before the recording does and the other just after. So a segment counts from the
    /// moment when either had it earlier than that; one that the other never had is then a difference.
    /// </summary>
    private const int EdgeMs = 1000 * AgreementTitle.SegmentSeconds;

    /// <summary>Segments that count.</summary>
    public int Compared => Numbers().Count();

    /// <summary>Those of them that both had at the same rung.</summary>
    public int Agreeing => Numbers().Count(n => Expected.Segments.TryGetValue(n, out var e) && Actual.Segments.TryGetValue(n, out var a) && e.Rung == a.Rung);

    /// <summary>Null when only one of them had a picture; 0 when neither.</summary>
    public int? StartupDifferenceMs => (Expected.StartupMs, Actual.StartupMs) switch
    {
        (null, null) => 0,
        ({ } e, { } a) => a - e,
        _ => null,
    };

    /// <summary>The first segment that differs; null when all agree.</summary>
    public int? FirstDifference => Numbers().Where(n => !Expected.Segments.TryGetValue(n, out var e) || !Actual.Segments.TryGetValue(n, out var a) || e.Rung != a.Rung).Cast<int?>().Min();

    private IEnumerable<int> Numbers() => Early(Expected).Union(Early(Actual));

    private static IEnumerable<int> Early(PlayOutcome outcome) => outcome.Segments.Where(s => s.Value.EndedMs <= (AgreementCase.Seconds * 1000) - EdgeMs).Select(s => s.Key);
}
