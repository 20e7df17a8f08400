using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;

namespace Gateway.Tests.Load.Players;

/// <summary>What hls.js 1.7 does about failures, by its error-controller and the load policies of its config.</summary>
public sealed class HlsJsErrorTests
{
    private static readonly VirtualReply s_unavailable = new() { Status = 503 };

    [Fact]
    public void Segment_WithoutAFirstByteForTenSeconds_IsAskedForAgainAtOnce()
    {
        var held = false;
        var stage = Playing((request, reply) =>
        {
            if (held || !IsVideo(request) || !request.Path.EndsWith("/5.m4s", StringComparison.Ordinal)) return reply;
            held = true;
            return reply with { Wait = TimeSpan.FromMinutes(20) };
        });

        var result = stage.Play();

        var late = Assert.Single(stage.Video, l => l.End == TransferEnd.TimedOut);
        Assert.Equal(10, (late.EndedAt - late.SentAt).TotalSeconds, 0.001);
        Assert.Equal(late.EndedAt.TotalSeconds, stage.Video.First(l => l.Sequence == 5 && l.SentAt > late.SentAt).SentAt.TotalSeconds, 0.001);
        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
        Assert.Equal(240, result.Played.TotalSeconds, 0.01);
    }

    [Fact]
    public void Segment_ThatHasBegunWithinTenSeconds_MayTakeLonger()
    {
        // 4 s of 1,000 kbit/s over 200 kbit/s take 20 s, and there is no lower level to go to.
        var shape = new TitleShape { Rungs = [new(1000, 360)], AudioKbps = 0, Segments = 5, Spread = 0, PeakFactor = 1 };
        var stage = new Stage { Shape = shape, Rules = RuleSet.HlsJs, Link = new LinkOptions { Trace = RateTrace.Constant(200) } };

        var result = stage.Play();

        Assert.Equal(0, result.FaultsOf(PlayerFault.TimedOut));
        Assert.Equal(20, result.Played.TotalSeconds, 0.01);
    }

    [Fact]
    public void Segment_ThatOneRungDoesNotHave_ComesFromTheRungBelow()
    {
        var stage = Playing((request, reply) => request.Path.EndsWith("/v3/5.m4s", StringComparison.Ordinal) ? VirtualReply.NotFound : reply);

        var result = stage.Play();

        var missing = Assert.Single(stage.Video, l => l.Status == 404);
        var behind = stage.Video.Where(l => l.SentAt >= missing.EndedAt).ToList();
        Assert.Equal((5, 2), (behind[0].Sequence, behind[0].Rung));
        // A level that failed is not chosen again: errorPenaltyExpireMs is 0.
        Assert.All(behind, l => Assert.Equal(2, l.Rung));
        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
        Assert.Equal(240, result.Played.TotalSeconds, 0.01);
    }

    [Theory]
    [InlineData(503, 3, 3)]
    [InlineData(404, 1, 0)]
    [InlineData(429, 1, 0)]
    public void Playlist_ThatIsRefused_IsAskedForTwiceMoreUnlessForNothingThenAnotherIsTaken(int status, int requests, double seconds)
    {
        var stage = Playing((request, reply) => request.Path.EndsWith("/v3/media.m3u8", StringComparison.Ordinal) ? new VirtualReply { Status = status } : reply);

        var result = stage.Play();

        var refused = stage.Exchanges.Where(e => e.Status == status).ToList();
        Assert.Equal(requests, refused.Count);
        // After 1 s and 2 s, on the ticks of 100 ms.
        Assert.InRange((refused[^1].SentAt - refused[0].SentAt).TotalSeconds, seconds, seconds + 0.5);
        Assert.Equal(2, stage.Video.Max(l => l.Rung));
        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
        Assert.Equal(240, result.Played.TotalSeconds, 0.01);
    }

    [Fact]
    public void Segments_NoneOfWhichIsThere_AreFatalAfterSevenRequests()
    {
        var stage = Playing((request, reply) => IsVideo(request) && request.Kind == TransferKind.Segment ? VirtualReply.NotFound : reply);

        var result = stage.Play();

        // Four levels one after the other, then three repetitions after 8 s each (the fourth to the sixth error), and the seventh error is one more than errorRetry has.
        Assert.Equal(PlayerPhase.Failed, result.LastPhase);
        Assert.Equal([0, 3, 2, 1], stage.Video.Take(4).Select(l => l.Rung));
        Assert.Equal(7, stage.Video.Count());
        Assert.InRange((result.EndedAt - result.ActualStart).TotalSeconds, 24, 25.5);
    }

    [Fact]
    public void Segments_OfVideoThatNeverBegin_AreFatalAfterEightTimeouts()
    {
        var stage = new Stage
        {
            Shape = new TitleShape { Rungs = [new(500, 234), new(1000, 360), new(2000, 540), new(4000, 720)], AudioKbps = 0, Segments = 60 },
            Rules = RuleSet.HlsJs,
            Front = title => new AnsweringServer(title, (request, reply) => request.Kind == TransferKind.Segment ? reply with { Wait = TimeSpan.FromHours(1) } : reply),
        };

        var result = stage.Play();

        // Four repetitions, then the three other levels, 10 s each.
        Assert.Equal(PlayerPhase.Failed, result.LastPhase);
        Assert.Equal([0, 0, 0, 0, 0, 3, 2, 1], stage.Video.Select(l => l.Rung));
        Assert.InRange((result.EndedAt - result.ActualStart).TotalSeconds, 80, 81.5);
    }

    [Fact]
    public void Segments_OfVideoAndAudioThatNeverBegin_AreFatalAfterThreeTimeoutsOfEach()
    {
        // Both count together, and audio has nowhere to go: its third failure is the sixth in all, after the four that are repeated.
        var frozen = false;
        var stage = Playing((request, reply) =>
        {
            frozen |= request.Path.EndsWith("/v3/9.m4s", StringComparison.Ordinal);
            return frozen && request.Kind == TransferKind.Segment ? reply with { Wait = TimeSpan.FromHours(1) } : reply;
        });

        var result = stage.Play();

        Assert.Equal(PlayerPhase.Failed, result.LastPhase);
        Assert.InRange(result.FaultsOf(PlayerFault.TimedOut), 5, 6);
    }

    [Fact]
    public void Playlists_AllOfWhichAreRefused_AreFatal()
    {
        var stage = Playing((request, reply) => IsVideo(request) && request.Path.EndsWith("media.m3u8", StringComparison.Ordinal) ? s_unavailable : reply);

        var result = stage.Play();

        // Three requests for each of four levels.
        Assert.Equal(PlayerPhase.Failed, result.LastPhase);
        Assert.Equal(12, result.FaultsOf(PlayerFault.Unavailable));
        Assert.InRange((result.EndedAt - result.ActualStart).TotalSeconds, 12, 14);
    }

    [Fact]
    public void LiveSegment_ThatNoLevelHas_IsLeftOut()
    {
        var missing = -1L;
        var shape = new TitleShape { Rungs = [new(500, 234)], AudioKbps = 0, SegmentSeconds = 2, IsLive = true };
        var stage = new Stage
        {
            Shape = shape,
            Rules = RuleSet.HlsJs,
            Plan = new() { Index = 0, Target = VirtualRun.Target, Title = "", Stay = TimeSpan.FromSeconds(60), Cmcd = false },
            Front = title => new AnsweringServer(title, (request, reply) =>
            {
                if (request.Kind != TransferKind.Segment) return reply;
                var number = long.Parse(request.Path[(request.Path.LastIndexOf('/') + 1)..^4], System.Globalization.CultureInfo.InvariantCulture);
                if (missing < 0) missing = number + 1;
                return number == missing ? VirtualReply.NotFound : reply;
            }),
        };

        var result = stage.Play();

        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
        Assert.Equal(1, result.FaultsOf(PlayerFault.NotFound));
        Assert.True(result.Played > TimeSpan.FromSeconds(50));
    }

    [Theory]
    [InlineData(18, nameof(PlayerPhase.Ended))]
    [InlineData(25, nameof(PlayerPhase.Failed))]
    public void Live_OnALineThatIsDead_EndsWhenTheRetriesAreSpent(double seconds, string last)
    {
        // Failures of video's and audio's playlists are counted together: audio's and video's after 10 s, and audio's second one after 20 s is the third, for which there is no
        // other level with other audio.
        var stage = new Stage
        {
            Shape = new TitleShape { Rungs = [new(500, 234), new(1500, 480)], AudioKbps = 64, SegmentSeconds = 2, IsLive = true },
            Rules = RuleSet.HlsJs,
            Plan = new() { Index = 0, Target = VirtualRun.Target, Title = "", Stay = TimeSpan.FromSeconds(180), Cmcd = false },
            Link = new LinkOptions { Trace = new RateTrace("outage", [(0, 8000), (30, 0), (30 + seconds, 8000), (1000, 8000)]) },
        };

        Assert.Equal(last, stage.Play().LastPhase.ToString());
    }

    [Fact]
    public void Manifest_ThatDoesNotCome_IsAskedForThreeTimesTwentySeconds()
    {
        var stage = Playing((request, reply) => reply with { Wait = TimeSpan.FromHours(1) });

        var result = stage.Play();

        Assert.Equal(PlayerPhase.Failed, result.LastPhase);
        Assert.Equal(3, result.FaultsOf(PlayerFault.TimedOut));
        Assert.Equal(60, (result.EndedAt - result.ActualStart).TotalSeconds, 0.1);
    }

    private static bool IsVideo(TransferRequest request) => request.Path.Contains("/v", StringComparison.Ordinal);

    private static Stage Playing(Func<TransferRequest, VirtualReply, VirtualReply> change) => new()
    {
        Rules = RuleSet.HlsJs,
        Front = title => new AnsweringServer(title, change),
    };
}
