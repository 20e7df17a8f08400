using System.Globalization;

namespace Gateway.Load.Agreement;

/// <summary>What came of it.</summary>
/// <param name="Program">Which.</param>
/// <param name="IsAuto">It played the rendition <c>auto</c>; else the highest rung.</param>
/// <param name="Beyond">Time that it took beyond what it played: its start-up, and its stalls.</param>
/// <param name="Rungs">Of its segments, in order.</param>
internal sealed record SinglePlay(string Program, bool IsAuto, TimeSpan Beyond, IReadOnlyList<int> Rungs)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Program,-6} {(IsAuto ? "auto" : "highest"),-7} start-up and stalls {Beyond.TotalSeconds,5:F1} s, {Rungs.Average(static r => AgreementTitle.Kbps[r]):F0} kbit/s, {Rungs.Zip(Rungs.Skip(1)).Count(static p => p.First != p.Second)} switches: {string.Join(' ', Rungs)}");
}
