namespace Gateway.Load.Agreement;

/// <summary>Recorded plays beside what is compared with them.</summary>
internal static class Agreements
{
    /// <summary>With virtual players over the same links.</summary>
    public static IReadOnlyList<AgreementRow> WithVirtual(IEnumerable<Recording> recordings, string traces) =>
        [.. recordings.Select(r => new AgreementRow(r.Player, r.Case.Trace, PlayOutcome.Of(r), VirtualPlay.Run(r, traces)))];

    /// <summary>With the same players on another day; what only one side has is left out.</summary>
    public static IReadOnlyList<AgreementRow> WithRecordings(IEnumerable<Recording> recordings, IReadOnlyList<Recording> others) =>
    [
        .. from one in recordings
           from other in others
           where one.Player == other.Player && one.Case == other.Case
           select new AgreementRow(one.Player, one.Case.Trace, PlayOutcome.Of(one), PlayOutcome.Of(other)),
    ];
}
