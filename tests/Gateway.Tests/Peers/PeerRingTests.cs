using Gateway.Media;
using Gateway.Peers;
using Gateway.Testing;

namespace Gateway.Tests.Peers;

public sealed class PeerRingTests
{
    private static readonly MediaAddress[] Titles = [.. Enumerable.Range(0, 200).Select(i => new MediaAddress("origin", $"/title-{i}/a.m4s", ""))];

    private readonly ManualTimeProvider _time = new();
    private bool _isLeaving;

    [Fact]
    public void OwnerOf_ThreeNodes_AllAgree()
    {
        PeerRing[] rings = [RingOf("a"), RingOf("b"), RingOf("c")];
        foreach (var title in Titles) Assert.Single(rings.Select((r, i) => r.OwnerOf(title)?.Name ?? "abc"[i].ToString()).Distinct(StringComparer.Ordinal));
        Assert.Equal(3, Titles.Select(t => rings[0].OwnerOf(t)?.Name).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void OwnerOf_PeerGone_ItsTitlesGoToTheOthers()
    {
        var ring = RingOf("a");
        ring.Find("b")!.Health = PeerHealth.Gone;
        Assert.DoesNotContain("b", Titles.Select(t => ring.OwnerOf(t)?.Name));
        Assert.Contains("c", Titles.Select(t => ring.OwnerOf(t)?.Name));
    }

    [Fact]
    public void OwnerOf_OwnNodeDrains_OthersHaveItsTitles()
    {
        var ring = RingOf("a");
        _isLeaving = true;
        Assert.DoesNotContain(null, Titles.Select(t => ring.OwnerOf(t)));
    }

    [Fact]
    public void HasTitle_OwnNodeComesOrGoes_IsWhatTheOthersSee()
    {
        var ring = RingOf("a");
        var own = Titles.Where(t => ring.OwnerOf(t) is null).ToArray();
        _isLeaving = true;
        Assert.All(own, t => Assert.True(ring.HasTitle(t)));
        Assert.All(own, t => Assert.NotNull(ring.OwnerOf(t)));
        Assert.All(Titles.Except(own), t => Assert.False(ring.HasTitle(t)));
    }

    [Fact]
    public void OwnerOf_AllOthersGone_IsAlwaysThisNode()
    {
        var ring = RingOf("a");
        _isLeaving = true;
        foreach (var peer in ring.Peers) peer.Health = PeerHealth.Gone;
        Assert.All(Titles, t => Assert.Null(ring.OwnerOf(t)));
    }

    [Fact]
    public void Failed_OneMissingConnection_TakesThePeerOutForThePause()
    {
        var ring = RingOf("a");
        var peer = ring.Find("b")!;
        Assert.True(peer.Failed(isCertain: true, ring.Now + TimeSpan.FromSeconds(5)));
        Assert.DoesNotContain(peer, Titles.Select(ring.OwnerOf));
        // Readiness may look good all the while.
        peer.Health = PeerHealth.Ready;
        Assert.DoesNotContain(peer, Titles.Select(ring.OwnerOf));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains(peer, Titles.Select(ring.OwnerOf));
    }

    [Fact]
    public void Failed_LateAnswers_TakeThePeerOutAtTheThirdInARow()
    {
        var ring = RingOf("a");
        var peer = ring.Find("b")!;
        var until = ring.Now + TimeSpan.FromSeconds(5);
        Assert.False(peer.Failed(isCertain: false, until));
        Assert.False(peer.Failed(isCertain: false, until));
        peer.Answered();
        Assert.False(peer.Failed(isCertain: false, until));
        Assert.False(peer.Failed(isCertain: false, until));
        Assert.True(peer.Failed(isCertain: false, until));
        Assert.False(peer.IsReachable(ring.Now));
    }

    [Fact]
    public void FormerOwnerOf_AfterTheStart_IsTheNextNodeUntilSettled()
    {
        PeerRing ring = RingOf("a"), without = RingOf("a");
        _isLeaving = false;
        var own = Titles.Where(t => ring.OwnerOf(t) is null).ToArray();
        Assert.NotEmpty(own);
        // The one that has the title while this node is away.
        foreach (var title in own)
        {
            _isLeaving = true;
            var meanwhile = without.OwnerOf(title)!.Name;
            _isLeaving = false;
            var former = ring.FormerOwnerOf(title)!;
            Assert.Equal(meanwhile, former.Name);
            var next = ring.FormerOwnerOf(title, former)!;
            Assert.NotEqual(meanwhile, next.Name);
            Assert.Null(ring.FormerOwnerOf(title, next));
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.All(own, t => Assert.Null(ring.FormerOwnerOf(t)));
    }

    [Fact]
    public void FormerOwnerOf_APeerBeginsToDrain_IsThatPeer()
    {
        var ring = RingOf("a");
        var before = Titles.ToDictionary(t => t, ring.OwnerOf);
        _time.Advance(TimeSpan.FromMinutes(6));
        ring.Find("b")!.Health = PeerHealth.Draining;
        var moved = Titles.Where(t => before[t]?.Name == "b" && ring.OwnerOf(t) is null).ToArray();
        Assert.NotEmpty(moved);
        Assert.All(moved, t => Assert.Equal("b", ring.FormerOwnerOf(t)?.Name));
    }

    private PeerRing RingOf(string self)
    {
        var options = new PeersOptions { Self = self };
        foreach (var name in (string[])["a", "b", "c"]) options.Nodes[name] = $"http://{name}:8080";
        var ring = new PeerRing(options, new PeerIdentity(t => t, (_, _) => true, () => _isLeaving), _time);
        Assert.True(ring.IsJoining);
        _time.Advance(TimeSpan.FromSeconds(2));
        return ring;
    }
}
