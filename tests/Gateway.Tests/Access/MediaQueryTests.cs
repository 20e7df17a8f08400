using Gateway.Access;

namespace Gateway.Tests.Access;

public sealed class MediaQueryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?", "")]
    [InlineData("?a=1&b=2&a=3", "?a=1&b=2&a=3")]
    [InlineData("?b&a=&=c&&d", "?b&a=&=c&&d")]
    [InlineData("?CMCD=br%3D1", "")]
    [InlineData("?a=1&CMCD=br%3D1&b=2", "?a=1&b=2")]
    [InlineData("?access_token=x.y.z&a=1", "?a=1")]
    [InlineData("?hdnts=exp=1~acl=/*~hmac=00&a=1", "?a=1")]
    [InlineData("?cmcd=1&Access_Token=2&hdntsx=3", "?cmcd=1&Access_Token=2&hdntsx=3")]
    [InlineData("?_HLS_msn=5&_HLS_part=1", "?_HLS_msn=5&_HLS_part=1")]
    [InlineData("?_HLS_skip=YES&_HLS_msn=5&_HLS_part=1", "?_HLS_msn=5&_HLS_part=1&_HLS_skip=YES")]
    [InlineData("?_HLS_part=1&a=1&_HLS_msn=5&CMCD=x&b=2", "?a=1&b=2&_HLS_msn=5&_HLS_part=1")]
    [InlineData("?_HLS_msn=5&a=1", "?a=1&_HLS_msn=5")]
    [InlineData("?a=1&_HLS_msn=5", "?a=1&_HLS_msn=5")]
    [InlineData("?_HLS_pathway=a&_HLS_throughput=5140000", "?_HLS_pathway=a")]
    [InlineData("?_DASH_pathway=a&_DASH_throughput=1&x=1", "?_DASH_pathway=a&x=1")]
    [InlineData("?_HLS_throughput=1", "")]
    [InlineData("?_HLS_primary_id=7&_HLS_start_offset=0", "?_HLS_primary_id=7&_HLS_start_offset=0")]
    [InlineData("?CMCD=x&&", "")]
    [InlineData("?&access_token=x.y.z&a=1", "?a=1")]
    [InlineData("?&&CMCD=br%3D1&&hdnts=exp=1", "")]
    public void TryRead_MixedQuery_GivesTheUpstreamsOwnPart(string query, string upstream)
    {
        Assert.True(MediaQuery.TryRead(query.AsMemory(), out var sorted));
        Assert.Equal(upstream, sorted.Upstream);
    }

    [Fact]
    public void TryRead_TakesOursOut_FirstCounts()
    {
        Assert.True(MediaQuery.TryRead("?CMCD=a%2Cb&access_token=t1&hdnts=exp=1~hmac=0&CMCD=2&access_token=t2&hdnts=3".AsMemory(), out var sorted));
        Assert.Equal("a%2Cb", sorted.Cmcd.ToString());
        Assert.Equal("t1", sorted.AccessToken.ToString());
        Assert.Equal("exp=1~hmac=0", sorted.EdgeToken.ToString());
        Assert.Equal("", sorted.Upstream);
    }

    [Theory]
    [InlineData("?access%5ftoken=x&a=1", "?a=1")]
    [InlineData("?%61ccess_token=x&a=1", "?a=1")]
    [InlineData("?hdnt%73=x&C%4dCD=y", "")]
    [InlineData("?access%255ftoken=x", "?access%255ftoken=x")]
    [InlineData("?100%=x&%zz=y", "?100%=x&%zz=y")]
    public void TryRead_NameInAnotherSpelling_IsOursAllTheSame(string query, string upstream)
    {
        Assert.True(MediaQuery.TryRead(query.AsMemory(), out var sorted));
        Assert.Equal(upstream, sorted.Upstream);
    }

    [Theory]
    [InlineData("?access_token=x&hdnts=y", "?access_token=x&hdnts=y")]
    [InlineData("?hdnts=exp=1~hmac=0&CMCD=z&a=1", "?hdnts=exp=1~hmac=0&a=1")]
    public void TryRead_WhereATicketCounts_TokensAreTheUpstreams(string query, string upstream)
    {
        Assert.True(MediaQuery.TryRead(query.AsMemory(), out var sorted, takesCredentials: false));
        Assert.Equal(upstream, sorted.Upstream);
        Assert.True(sorted.AccessToken.IsEmpty && sorted.EdgeToken.IsEmpty);
    }

    [Fact]
    public void TryRead_WhereATicketCounts_WhatWasAcceptedStaysOurs()
    {
        var accepted = new AcceptedCredentials();
        accepted.Remember("x.y=.z");
        Assert.True(MediaQuery.TryRead("?access_token=x.y%3D.z&a=1&access_token=theirs&access%5ftoken=x.y=.z".AsMemory(), out var sorted, takesCredentials: false, accepted));
        Assert.Equal("?a=1&access_token=theirs", sorted.Upstream);
    }

    [Fact]
    public void Accepted_ManyLater_AreForgottenInTheOrderInWhichTheyCame()
    {
        var accepted = new AcceptedCredentials();
        for (var i = 0; i < 2 * AcceptedCredentials.GenerationSize; i++) accepted.Remember($"token-{i}");
        Assert.False(accepted.Holds("token-0"));
        Assert.True(accepted.Holds($"token-{2 * AcceptedCredentials.GenerationSize - 1}"));
    }

    [Fact]
    public void Default_NoQuery_HasEmptyUpstream() => Assert.Equal("", default(MediaQuery).Upstream);

    [Theory]
    [InlineData("?a b")]
    [InlineData("?a\r\nX: y")]
    [InlineData("?a#b")]
    [InlineData("?é")]
    [InlineData("?\0")]
    public void TryRead_CharactersThatAreNoQuery_AreRefused(string query) => Assert.False(MediaQuery.TryRead(query.AsMemory(), out _));
}
