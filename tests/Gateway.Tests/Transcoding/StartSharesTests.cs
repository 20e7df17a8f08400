using Gateway.Media;
using Gateway.Transcoding;

namespace Gateway.Tests.Transcoding;

public sealed class StartSharesTests
{
    private readonly StartShares _shares = new(new TranscoderOptions { MaxStarts = 16, ClientShare = 0.25 });

    [Fact]
    public void Household_AskingForEverything_LeavesHalfToOthers()
    {
        var greedy = new StartConditions(1, 1);
        Assert.Equal(8, TakeAll(greedy));
        Assert.Equal(4, TakeAll(new StartConditions(2, 2)));
        Assert.Equal(4, TakeAll(new StartConditions(3, 3)));
        Assert.False(_shares.TryTake(new StartConditions(4, 4)));

        // A start that is over makes room, but not for one who has more than his share.
        _shares.GiveBack(greedy);
        Assert.False(_shares.TryTake(greedy));
        Assert.True(_shares.TryTake(new StartConditions(4, 4)));
    }

    [Fact]
    public void Network_OfManyHouseholds_KeepsToItsShare()
    {
        var shares = new StartShares(new TranscoderOptions { MaxStarts = 40, ClientShare = 0.15 });
        var ofNetwork = Enumerable.Range(1, 40).Count(i => shares.TryTake(new StartConditions((UInt128)i, 7)));
        Assert.Equal(24, ofNetwork);
        Assert.True(shares.TryTake(new StartConditions(100, 8)));
    }

    [Fact]
    public void Gateway_AskingForItself_HasNoShareButTheTotal()
    {
        Assert.Equal(16, Enumerable.Range(0, 20).Count(_ => _shares.TryTake(null)));
        _shares.GiveBack(null);
        Assert.True(_shares.TryTake(new StartConditions(1, 1)));
    }

    [Theory]
    [InlineData(null, 0, null)]
    [InlineData(0, 0, null)]
    [InlineData(5000, 0, 5000)]
    [InlineData(5000, 2000, 2000)]
    [InlineData(5000, 9000, 5000)]
    [InlineData(int.MaxValue, 0, 10_000_000)]
    public void Conditions_WhatAClientClaims_IsBoundedAndNeverAboveWhatItMayHave(int? claimed, int cap, int? told)
    {
        var conditions = new StartConditions(1, 1).With(claimed, null, cap, 1e12);
        Assert.Equal(told, conditions.BandwidthKbps);
        Assert.Equal(7 * 24 * 3600, conditions.PositionSec);
    }

    [Theory]
    [InlineData(5000, 1000, 0, 1000)]
    [InlineData(5000, 1000, 4500, 500)]
    [InlineData(20_000, 5000, 3000, 0)]
    [InlineData(5000, -1, 0, null)]
    [InlineData(5000, null, 0, null)]
    [InlineData(null, 1000, 0, null)]
    public void Conditions_LineThatVaries_SayHowMuchOfThatIsBelowTheLimit(int? kbps, int? jitter, int cap, int? told)
    {
        Assert.Equal(told, new StartConditions(1, 1).With(kbps, jitter, cap, 0).JitterKbps);
    }

    private int TakeAll(StartConditions client)
    {
        var taken = 0;
        while (taken < 100 && _shares.TryTake(client)) taken++;
        return taken;
    }
}
