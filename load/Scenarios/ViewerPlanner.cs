using System.Collections.Immutable;
using Gateway.Load.Pacing;
using Gateway.Load.Players;

namespace Gateway.Load.Scenarios;

/// <summary>
/// Draws each viewer of a scenario from the seed and the viewer's ordinal alone: not from how many were drawn before, nor from anything that happened. The same seed is the
/// same plan, however the run goes, and two runs can be compared viewer by viewer.
/// </summary>
internal sealed class ViewerPlanner
{
    // Nobody does more than this within one stay; a rate that is a slip of the pen must not make lists without end.
    private const int MostActions = 1000;

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(100);

    private readonly string _scenario;
    private readonly Audience _audience;
    private readonly ulong _seed;
    private readonly string _target;
    private readonly Zipf _popularity;
    private readonly ImmutableArray<string> _traces;
    private readonly TimeSpan _longestStay;

    /// <param name="scenario">Its name, which makes its numbers its own.</param>
    /// <param name="audience">Who watches.</param>
    /// <param name="seed">The test's.</param>
    /// <param name="target">Origin of the target, without a slash at its end.</param>
    /// <param name="traces">Trace files in an order that is always the same; empty where links have none.</param>
    /// <param name="longestStay">The run's length: deeds later than that need no plan.</param>
    public ViewerPlanner(string scenario, Audience audience, int seed, string target, ImmutableArray<string> traces, TimeSpan longestStay)
    {
        if (audience.Titles.IsDefaultOrEmpty) throw new ArgumentException($"Scenario '{scenario}' has no titles.", nameof(audience));
        _scenario = scenario;
        _audience = audience;
        _seed = SeededRandom.For((ulong)seed, 0, scenario).Next();
        _target = target;
        _popularity = new Zipf(audience.Titles.Length, audience.Zipf);
        _traces = traces;
        _longestStay = longestStay;
    }

    /// <param name="index">Ordinal in the whole run, for reports.</param>
    /// <param name="ordinal">Ordinal in the scenario.</param>
    /// <param name="intendedStart">By the schedule.</param>
    public PlannedViewer Draw(int index, long ordinal, TimeSpan intendedStart)
    {
        var title = _audience.Titles[_popularity.Draw(For(ordinal, "title"))];
        var stay = Stay(For(ordinal, "stay"));
        var actions = Actions(For(ordinal, "actions"), stay);
        var player = new PlayerPlan
        {
            Index = index,
            Scenario = _scenario,
            Target = _target,
            Title = title,
            Rules = RulesFor(title, For(ordinal, "rules")),
            FixedRung = _audience.FixedRung,
            IntendedStart = intendedStart,
            // At the end of the stay the last action is the leaving; the player's own end comes a moment later and finds nobody.
            Stay = stay + s_moment,
            Actions = actions,
            Seed = (int)(For(ordinal, "seed").Next() >> 33),
            Cmcd = _audience.Cmcd,
            Reports = _audience.Reports,
        };
        return new PlannedViewer(player, ordinal, Link(ordinal));
    }

    /// <summary>Whether a player can play a title, by the title's extension.</summary>
    internal static bool CanPlay(RuleSet rules, string title) => rules switch
    {
        RuleSet.HlsJs => IsHls(title),
        RuleSet.DashJs => !IsHls(title),
        _ => true,
    };

    private static bool IsHls(string title) => title.Split('?')[0].EndsWith(".m3u8", StringComparison.OrdinalIgnoreCase);

    private SeededRandom For(long ordinal, string purpose) => SeededRandom.For(_seed, ordinal, purpose);

    private TimeSpan Stay(SeededRandom random)
    {
        var seconds = Math.Max(_audience.ShortestStaySeconds, random.NextExponential(_audience.MeanStaySeconds));
        return TimeSpan.FromSeconds(_audience.ShortestStaySeconds >= _audience.MeanStaySeconds ? _audience.MeanStaySeconds : Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds));
    }

    private RuleSet RulesFor(string title, SeededRandom random)
    {
        // In the order of the enum: a dictionary has none of its own that would be the same in each run.
        var able = _audience.Rules.Where(r => r.Value > 0 && CanPlay(r.Key, title)).OrderBy(r => r.Key).ToArray();
        if (able.Length == 0) return IsHls(title) ? RuleSet.HlsJs : RuleSet.DashJs;
        var drawn = random.NextDouble() * able.Sum(r => r.Value);
        foreach (var (rules, weight) in able)
        {
            drawn -= weight;
            if (drawn < 0) return rules;
        }

        return able[^1].Key;
    }

    private ImmutableArray<ViewerAction> Actions(SeededRandom random, TimeSpan stay)
    {
        var actions = new List<ViewerAction>();
        var end = stay < _longestStay ? stay : _longestStay;
        Times(_audience.SeeksPerHour, at => actions.Add(new ViewerAction(at, ViewerDeed.Seek, TimeSpan.FromSeconds(random.NextDouble() * _audience.SeekRangeSeconds))));
        Times(_audience.ZapsPerHour, at => actions.Add(new ViewerAction(at, ViewerDeed.Zap, Title: _audience.Titles[_popularity.Draw(random)])));
        Times(_audience.PausesPerHour, at =>
        {
            actions.Add(new ViewerAction(at, ViewerDeed.Pause));
            actions.Add(new ViewerAction(at + TimeSpan.FromSeconds(_audience.PauseSeconds), ViewerDeed.Resume));
        });
        if (random.NextDouble() < _audience.HandOverShare) actions.Add(new ViewerAction(stay / 2, ViewerDeed.HandOver));
        actions.Add(new ViewerAction(stay, random.NextDouble() < _audience.AbandonShare ? ViewerDeed.Abandon : ViewerDeed.Leave));
        return [.. actions.Where(a => a.At <= stay).OrderBy(static a => a.At)];

        void Times(double perHour, Action<TimeSpan> add)
        {
            if (perHour <= 0) return;
            var at = random.NextExponential(3600 / perHour);
            for (var count = 0; at < end.TotalSeconds && count < MostActions; count++, at += random.NextExponential(3600 / perHour)) add(TimeSpan.FromSeconds(at));
        }
    }

    private LinkPlan? Link(long ordinal)
    {
        if (_audience.Links is not { } links) return null;
        // Who shares a line has the same numbers for it.
        var group = ordinal / Math.Max(1, links.Shared);
        var random = For(group, "link");
        var trace = links.Kbps > 0 || _traces.IsEmpty ? null : _traces[random.Next(0, _traces.Length)];
        return new LinkPlan(links.Kbps, trace, random.NextDouble(), links.RttMs, group);
    }
}
