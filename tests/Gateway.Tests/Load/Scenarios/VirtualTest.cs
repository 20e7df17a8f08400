using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;
using Gateway.Load.Players.Titles;
using Gateway.Load.Reports;
using Gateway.Load.Scenarios;

namespace Gateway.Tests.Load.Scenarios;

/// <summary>A test played in virtual time against a server whose truth is known, each viewer on a line of its own.</summary>
internal static class VirtualTest
{
    public static RunReport Play(LoadTest test, IVirtualServer server, LinkOptions link, IKnownTitles? known = null)
    {
        var loop = new VirtualLoop();
        var library = new ManifestLibrary(VirtualRun.Target);
        using var run = new LoadRun(test, loop, new RunTarget(VirtualRun.Target, "virtual"), Start, static _ => { }, null);
        run.Begin();
        loop.RunUntil(test.Duration);
        Assert.True(run.Ended.IsCompletedSuccessfully);
        return ReportBuilder.Build(test, run, new RunFacts { Target = "virtual", StartedAt = DateTimeOffset.UnixEpoch, Duration = test.Duration, IsVirtual = true, Machine = new MachineFacts() });

        Action Start(LoadRun of, PlannedViewer viewer)
        {
            var player = new Player(viewer.Player with { Known = known }, loop, new VirtualTransport(loop, new SharedLink(loop, link), server, viewer.Player.Seed), library, of.Recorder);
            player.Start();
            return player.Stop;
        }
    }

    /// <summary>Viewers of one title who stay to the end of the run.</summary>
    public static Audience Stayers(SyntheticTitle title, RuleSet rules = RuleSet.HlsJs) => new()
    {
        Titles = [title.Hls],
        Rules = System.Collections.Immutable.ImmutableDictionary<RuleSet, double>.Empty.Add(rules, 1),
        MeanStaySeconds = 7200,
        ShortestStaySeconds = 7200,
        Reports = false,
        Cmcd = false,
    };
}
