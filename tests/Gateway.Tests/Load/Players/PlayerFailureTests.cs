using System.Text;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;

namespace Gateway.Tests.Load.Players;

/// <summary>What goes wrong at the server is tried again, given up and counted as the real players do.</summary>
public sealed class PlayerFailureTests : PlayerPlans
{
    [Fact]
    public void Segment_ThatFailsForAWhile_IsTriedAgainAndCounted()
    {
        var failures = 0;
        var stage = new Stage { Front = title => new AnsweringServer(title, (request, reply) => request.Path.EndsWith("/5.m4s", StringComparison.Ordinal) && failures++ < 2 ? new VirtualReply { Status = 503 } : reply) };

        var result = stage.Play();

        Assert.Equal(2, result.FaultsOf(PlayerFault.Unavailable));
        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
        Assert.Equal(240, result.Played.TotalSeconds, 0.01);
    }

    [Theory]
    [InlineData(nameof(RuleSet.HlsJs), false, 2, 1)]
    [InlineData(nameof(RuleSet.DashJs), true, 4, 1.5)]
    [InlineData(nameof(RuleSet.Shaka), true, 2, 1)]
    public void Manifest_ThatIsRefused_IsAskedForAsOftenAsTheRealPlayerAsks(string rules, bool isDash, int requests, double seconds)
    {
        AnsweringServer? server = null;
        var stage = new Stage { Rules = Enum.Parse<RuleSet>(rules), IsDash = isDash, Front = title => server = new AnsweringServer(title, (_, _) => new VirtualReply { Status = 503 }) };

        var result = stage.Play();

        Assert.Equal(PlayerPhase.Failed, result.LastPhase);
        Assert.Equal(requests, server!.Seen.Count);
        Assert.InRange((result.EndedAt - result.ActualStart).TotalSeconds, seconds, seconds + 0.7);
    }

    [Fact]
    public void Segment_ThatNeverEnds_IsGivenUpByDashJsAfterTwentySeconds()
    {
        var stage = new Stage
        {
            Rules = RuleSet.DashJs,
            IsDash = true,
            Front = title => new AnsweringServer(title, (request, reply) => request.Kind == TransferKind.Segment ? reply with { Wait = TimeSpan.FromMinutes(20) } : reply),
            Plan = Plan(new ViewerAction(TimeSpan.FromSeconds(25), ViewerDeed.Leave)),
        };

        var result = stage.Play();

        Assert.True(result.FaultsOf(PlayerFault.TimedOut) > 0);
        Assert.Equal(20, stage.Video.Where(l => l.End == TransferEnd.TimedOut).Min(l => (l.EndedAt - l.SentAt).TotalSeconds), 0.01);
    }

    [Fact]
    public void Manifest_ThatIsNotThere_FailsTheStart()
    {
        var stage = new Stage { Front = title => new AnsweringServer(title, (_, _) => VirtualReply.NotFound) };

        var result = stage.Play();

        Assert.Equal(PlayerPhase.Failed, result.LastPhase);
        Assert.Null(result.StartUp);
        Assert.False(result.LeftBeforeStart);
        Assert.Equal(1, result.FaultsOf(PlayerFault.NotFound));
    }

    [Fact]
    public void Bytes_OtherThanTheTitles_AreFaults()
    {
        var stage = new Stage
        {
            Plan = Plan() with { Known = new SyntheticTitle(new Stage().Shape) },
            Front = title => new AnsweringServer(title, (request, reply) => reply with { IsAltered = request.Path.EndsWith("/7.m4s", StringComparison.Ordinal) && request.Path.Contains("/v", StringComparison.Ordinal) }),
            Rules = RuleSet.HlsJs,
        };

        var result = stage.Play();

        Assert.Equal(1, result.FaultsOf(PlayerFault.WrongBytes));
        Assert.Equal(0, result.FaultsOf(PlayerFault.WrongLength));
        Assert.Equal(7, Assert.Single(stage.Loads, l => l.IsTrue != true).Sequence);
    }

    [Fact]
    public void Segments_CutToAnAnnouncedLength_AreFaults()
    {
        var stage = new Stage
        {
            Plan = Plan() with { Known = new SyntheticTitle(new Stage().Shape) },
            Front = title => new AnsweringServer(title, (request, reply) => request.Path.EndsWith("a/3.m4s", StringComparison.Ordinal) ? reply with { Length = reply.Length - 1 } : reply),
            Rules = RuleSet.HlsJs,
        };

        var result = stage.Play();

        Assert.Equal(1, result.FaultsOf(PlayerFault.WrongLength));
        Assert.Equal(0, result.FaultsOf(PlayerFault.WrongBytes));
    }

    [Fact]
    public void Manifest_BehindARedirect_IsResolvedAgainstWhereItCameFrom()
    {
        var stage = new Stage
        {
            Front = title => new AnsweringServer(title, (request, reply) =>
                request.Path == "/title/master.m3u8" ? reply with { Fields = new ReplyFields { FinalUrl = "http://virtual/elsewhere/master.m3u8" } }
                : request.Path.StartsWith("/elsewhere/", StringComparison.Ordinal) ? title.Answer(request with { Path = "/title" + request.Path["/elsewhere".Length..] }, default)
                : VirtualReply.NotFound),
        };

        var result = stage.Play();

        Assert.Equal(240, result.Played.TotalSeconds, 0.01);
        Assert.Equal(0, result.FaultsOf(PlayerFault.NotFound));
    }

    [Theory]
    [InlineData(0, 2, 232)]
    [InlineData(10, 12, 240)]
    public void Gap_InATitle_IsJumpedAndNotAskedFor(int first, int last, double played)
    {
        var stage = new Stage
        {
            Front = title => new AnsweringServer(title, (request, reply) =>
            {
                if (!request.Path.EndsWith("media.m3u8", StringComparison.Ordinal)) return reply;
                var text = Encoding.UTF8.GetString(reply.Body.Span);
                for (var i = first; i < last; i++) text = text.Replace($"#EXTINF:4,\n{i}.m4s", $"#EXT-X-GAP\n#EXTINF:4,\n{i}.m4s", StringComparison.Ordinal);
                var body = Encoding.UTF8.GetBytes(text);
                return reply with { Body = body, Length = body.Length };
            }),
        };

        var result = stage.Play();

        Assert.DoesNotContain(stage.Video, l => l.Sequence >= first && l.Sequence < last);
        Assert.Equal(PlayerPhase.Ended, result.LastPhase);
        Assert.Equal(played, result.Played.TotalSeconds, 0.01);
    }
}
