using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;
using Gateway.Load.Players.Rules;

namespace Gateway.Tests.Load.Players;

public sealed class RulesTests
{
    private static readonly TitleShape s_film = new() { Rungs = [new(1000, 360), new(500, 234), new(2000, 540), new(4000, 720)], AudioKbps = 64, Segments = 300, Spread = 0, PeakFactor = 1 };

    [Fact]
    public void HlsJs_Start_TakesTheRungThatIsListedFirst()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.HlsJs };

        stage.Play();

        Assert.Equal(1, stage.Video.First().Rung);
    }

    [Fact]
    public void HlsJs_Buffer_IsSixtyMegabytesOfTheLoadedRung()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.HlsJs };

        var result = stage.Play();

        // 60 MB at 4064 kbit/s (video, and audio in BANDWIDTH) are 118 s; a segment is begun while less than that is there.
        Assert.InRange(result.Samples.Max(s => s.BufferSeconds), 112, 122);
    }

    [Fact]
    public void HlsJs_LinkThatCollapses_GivesTheSegmentUpForALowerRung()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.HlsJs, Link = new LinkOptions { Trace = new RateTrace("drop", [(0, 6000), (5.3, 150), (1000, 150)]) } };

        var result = stage.Play();

        Assert.True(result.Abandoned > 0, string.Join('\n', stage.Video.Take(12)));
        var given = stage.Loads.First(l => l.End == TransferEnd.Cancelled);
        var instead = stage.Video.First(l => l.SentAt >= given.EndedAt);
        Assert.Equal(given.Sequence, instead.Sequence);
        Assert.True(instead.Rung < given.Rung);
        Assert.True(result.WastedBytes >= given.Bytes);
    }

    [Fact]
    public void HlsJs_Audio_KeepsWithinASegmentOfVideo()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.HlsJs, Link = new LinkOptions { Trace = RateTrace.Constant(1500) } };

        stage.Play();

        foreach (var audio in stage.Loads.Where(l => !l.IsVideo && l.Kind == TransferKind.Segment))
        {
            var video = stage.Video.Where(l => l.SentAt <= audio.SentAt).Select(l => l.Sequence).DefaultIfEmpty(0).Max();
            Assert.InRange(audio.Sequence, 0, video + 1);
        }
    }

    [Fact]
    public void DashJs_Start_TakesTheRungWithinAMegabit()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.DashJs, IsDash = true };

        stage.Play();

        Assert.Equal(1000, stage.Video.First().Kbps);
    }

    [Fact]
    public void DashJs_Buffer_IsAMinuteAtTheTopOfALongTitle()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.DashJs, IsDash = true };

        var result = stage.Play();

        Assert.InRange(result.Samples.Max(s => s.BufferSeconds), 52, 60);
    }

    [Fact]
    public void DashJs_LinkThatGetsBetter_ReplacesWhatIsBuffered()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.DashJs, IsDash = true, Link = new LinkOptions { Trace = new RateTrace("rise", [(0, 900), (60, 12_000), (3000, 12_000)]) } };

        var result = stage.Play();

        Assert.True(result.WastedBytes > 0);
        Assert.Contains(stage.Video.GroupBy(l => l.Sequence), g => g.Count() > 1 && g.Last().Rung > g.First().Rung);
        Assert.Equal(0, result.StallCount);
    }

    [Fact]
    public void DashJs_LinkThatCollapses_AbandonsTheRequestAndRepeatsIt()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.DashJs, IsDash = true, Link = new LinkOptions { Trace = new RateTrace("drop", [(0, 6000), (6, 400), (1000, 400)]) } };

        var result = stage.Play();

        Assert.True(result.Abandoned > 0);
        var given = stage.Loads.First(l => l.End == TransferEnd.Cancelled);
        var instead = stage.Loads.First(l => l.IsVideo == given.IsVideo && l.SentAt >= given.EndedAt && l.Kind == TransferKind.Segment);
        Assert.Equal(given.Sequence, instead.Sequence);
        Assert.True(instead.Rung < given.Rung);
    }

    [Fact]
    public void Shaka_Buffer_IsTenSecondsAndASegment()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.Shaka, IsDash = true };

        var result = stage.Play();

        Assert.InRange(result.Samples.Max(s => s.BufferSeconds), 9, 14);
    }

    [Fact]
    public void Shaka_Switches_AreEightSecondsApart()
    {
        var waves = new RateTrace("waves", [(0, 5000), (5, 1200), (10, 5000), (15, 900), (20, 900)]);
        var stage = new Stage { Shape = s_film, Rules = RuleSet.Shaka, IsDash = true, Link = new LinkOptions { Trace = waves } };

        stage.Play();

        var segments = stage.Video.Where(l => l.End == TransferEnd.Complete).ToList();
        var switches = segments.Zip(segments.Skip(1)).Where(p => p.First.Rung != p.Second.Rung).Select(p => p.Second.SentAt.TotalSeconds).ToList();
        Assert.True(switches.Count > 2);

        // A choice falls while a segment loads and shows with the next request, so the distance between two requests may be shorter by the time of one.
        Assert.All(switches.Skip(1).Zip(switches.Skip(2)), p => Assert.True(p.Second - p.First > 4));
    }

    [Fact]
    public void Shaka_SuggestedMaximum_IsObeyed()
    {
        var stage = new Stage
        {
            Shape = s_film,
            Rules = RuleSet.Shaka,
            IsDash = true,
            Front = title => new AnsweringServer(title, (_, reply) => reply with { Fields = new ReplyFields { CmsdDynamic = "\"gateway\";mb=1100;etp=20000" } }),
        };

        stage.Play();

        Assert.Equal(1000, stage.Video.Skip(3).Max(l => l.Kbps));
    }

    /// <summary>On a line below the lowest rung, frames are late and the rung is given up; where the maximum leaves no other, its choice throws and it is over.</summary>
    [Theory]
    [InlineData(600, true)]
    [InlineData(1100, false)]
    public void Shaka_UnderAMaximum_IsOverWhenItHasGivenUpAllOfTheRest(int mb, bool isOver)
    {
        var stage = new Stage
        {
            Shape = s_film,
            Rules = RuleSet.Shaka,
            IsDash = true,
            Link = new LinkOptions { Trace = new RateTrace("thin", [(0, 2000), (20, 250), (80, 2000), (600, 2000)]) },
            Front = title => new AnsweringServer(title, (_, reply) => reply with { Fields = new ReplyFields { CmsdDynamic = $"\"gateway\";mb={mb}" } }),
        };

        Assert.Equal(isOver, stage.Play().LastPhase == PlayerPhase.Failed);
    }

    [Fact]
    public void Bola_Buffer_DecidesTheRungAlone()
    {
        var stage = new Stage { Shape = s_film, Rules = RuleSet.Bola, IsDash = true };

        var result = stage.Play();

        Assert.Equal(0, stage.Video.First().Rung);
        Assert.Equal(3, stage.Video.Last().Rung);
        Assert.InRange(result.Samples.Max(s => s.BufferSeconds), 25, 34);
        var rungs = stage.Video.Take(12).Select(l => l.Rung).ToList();
        Assert.Equal(rungs.Order(), rungs);
    }

    [Fact]
    public void Ewma_OneSample_IsThatSample()
    {
        var mean = new Ewma(3);

        mean.Add(0.4, 1234);

        Assert.Equal(1234, mean.Mean, 1e-9);
    }

    [Fact]
    public void Ewma_HalfLifeLater_CountsHalf()
    {
        var mean = new Ewma(3);
        mean.Add(1000, 100);

        mean.Add(3, 200);

        Assert.Equal(150, mean.Mean, 1e-6);
    }

    [Fact]
    public void HlsJsEstimator_TwoSamples_TakesTheMoreCautiousMean()
    {
        var estimator = new HlsJsEstimator();
        estimator.Add(10, 1_250_000);
        estimator.Add(1, 1_250_000);

        // By hand: rates 1 and 10 Mbit/s with weights 10 and 1; the slow mean (half-life 9 s) is the smaller one.
        var kept = Math.Exp(Math.Log(0.5) / 9);
        var slow = ((10e6 * (1 - kept)) + (kept * 1e6 * (1 - Math.Pow(kept, 10)))) / (1 - Math.Pow(kept, 11));
        Assert.Equal(slow, estimator.Estimate, 1);
    }

    [Theory]
    [InlineData("\"gateway\";mb=3000;etp=8000", 3_000_000.0, 5_000_000.0)]
    [InlineData("\"gateway\"", null, 2_000_000.0)]
    [InlineData("mb=3000", 3_000_000.0, 2_000_000.0)]
    [InlineData("\"g\";mb=x;etp=", null, 2_000_000.0)]
    public void CmsdHints_OfAHeader_AreReadForgivingly(string header, double? most, double blended)
    {
        var hints = new CmsdHints();

        hints.Hear(header);

        Assert.Equal(most, hints.MaxBitrate);
        Assert.Equal(blended, hints.Blend(2_000_000));
    }

    [Fact]
    public void SwitchHistory_DropsFromARung_KeepBelowIt()
    {
        var history = new DashJsSwitchHistory(4);
        for (var i = 0; i < 7; i++) history.Push(2, 2);
        Assert.Equal(-1, history.Choose());

        history.Push(2, 1);

        Assert.Equal(1, history.Choose());
    }
}
