using Gateway.Access.Tickets;
using Gateway.Peers.Serving;
using Gateway.Testing;

namespace Gateway.Tests.Peers;

public sealed class PeerTokenTests
{
    private const string Target = "/internal/peer/origin/demo/v1/seg_1.m4s";

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void IsRequest_SameKeys_OpensItsTargetAlone()
    {
        PeerToken one = New(1), other = New(1);
        var token = one.ForRequest(Target);
        Assert.True(other.IsRequest(token, Target));
        Assert.False(other.IsRequest(token, Target + "?"));
        Assert.False(other.IsRequest(token, "/internal/peer/origin/demo/v1/seg_2.m4s"));
        Assert.False(other.IsProof(token, Target));
    }

    [Fact]
    public void IsRequest_OtherKeysOrTooOld_OpensNothing()
    {
        var token = New(1).ForRequest(Target);
        Assert.False(New(2).IsRequest(token, Target));
        _time.Advance(TimeSpan.FromHours(14));
        // A clock in the wrong time zone.
        Assert.True(New(1).IsRequest(token, Target));
        _time.Advance(TimeSpan.FromHours(10));
        Assert.False(New(1).IsRequest(token, Target));
    }

    private PeerToken New(byte key) => new(new TicketKeyRing([new TicketKey("k", [.. Enumerable.Repeat(key, TicketKey.MinSecretBytes)])]), _time);
}
