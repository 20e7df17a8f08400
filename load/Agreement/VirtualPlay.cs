using Gateway.Load.Players;

namespace Gateway.Load.Agreement;

/// <summary>Plays a case with a virtual player, in virtual time.</summary>
internal static class VirtualPlay
{
    /// <param name="recording">Player, link and excerpt.</param>
    /// <param name="traces">Folder of traces.</param>
    public static PlayOutcome Run(Recording recording, string traces)
    {
        var (rules, manifest) = recording.Player switch
        {
            "hlsjs" => (RuleSet.HlsJs, "master.m3u8"),
            "dashjs" => (RuleSet.DashJs, "manifest.mpd"),
            "shaka" => (RuleSet.Shaka, "manifest.mpd"),
            _ => throw new ArgumentOutOfRangeException(nameof(recording), recording.Player, "no such player"),
        };
        var plan = new PlayerPlan
        {
            Index = 0,
            Target = VirtualRun.Target,
            Title = AgreementServer.Root + manifest,
            Rules = rules,
            Stay = TimeSpan.FromSeconds(AgreementCase.Seconds),
            Cmcd = false,
            DownlinkKbps = (int?)(recording.DownlinkMbps * 1000),
        };
        var observer = new SegmentObserver();
        var result = VirtualRun.Play(plan, new AgreementServer(), recording.Case.Link(traces), observer: observer);

        // A real player that gave up leaves its picture standing; the virtual one ends.
        var stands = result.LastPhase == PlayerPhase.Failed ? plan.Stay - result.EndedAt : TimeSpan.Zero;
        return new PlayOutcome
        {
            StartupMs = result.StartUp is { } startUp ? (int)startUp.TotalMilliseconds : null,
            Stalls = result.StallCount,
            StalledMs = (int)(result.StallTime + stands).TotalMilliseconds,
            Segments = observer.Segments,
            Loads = [.. observer.Loads.OrderBy(l => l.SentMs)],
        };
    }
}
