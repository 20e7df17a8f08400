using Gateway.Adaptation;

namespace Gateway.Tests.Adaptation;

public sealed class CmcdReaderTests
{
    [Fact]
    public void Read_Version1_NamesOneObject()
    {
        var report = CmcdReader.Read("bl=21300,br=3200,d=4004,dl=18500,mtp=48100,nor=\"..%2F300kbps%2Fsegment35.m4v\",nrr=\"12323-48763\",ot=v,sf=d,sid=\"6e2fb550-c457-11e9-bb97-0800200c9a66\",tb=6000")!;
        Assert.Equal([new NextObject("..%2F300kbps%2Fsegment35.m4v", null)], report.Next);
        Assert.Equal("12323-48763", report.NextRange);
        Assert.Equal((21300, 18500), (report.BufferMs, report.DeadlineMs));
        Assert.Equal(TimeSpan.FromMilliseconds(18500), report.Patience);
    }

    [Fact]
    public void Read_Version2_NamesSeveralObjectsWithTheirRanges()
    {
        var report = CmcdReader.Read("bl=(5000;v 320;a),nor=(\"a,b.m4s\" \"c.m4s\";r=\"0-99\" \"d.m4s\";x=1;r=\"100-\" \"e.m4s\"),v=2")!;
        Assert.Equal([new NextObject("a,b.m4s", null), new NextObject("c.m4s", "0-99"), new NextObject("d.m4s", "100-"), new NextObject("e.m4s", null)], report.Next);
        Assert.Equal(5000, report.BufferMs);
    }

    [Fact]
    public void Read_MoreObjectsThanAnyPlayerNames_KeepsTheFirstEight()
    {
        var many = string.Join(' ', Enumerable.Range(0, 1000).Select(i => $"\"{i}\""));
        Assert.Equal(8, CmcdReader.Read($"nor=({many}),v=2")!.Next.Count);
        Assert.Empty(CmcdReader.Read($"nor=\"{new string('x', 4000)}\"")!.Next);
    }

    [Theory]
    [InlineData("nor=")]
    [InlineData("nor")]
    [InlineData("nor=\"")]
    [InlineData("nor=(")]
    [InlineData("nor=(\"a\";r=\"")]
    [InlineData("nor=a.m4s")]
    [InlineData("pr=NaN,bl=100")]
    [InlineData("pr=Infinity,bl=100")]
    [InlineData("bl=-5,dl=-7")]
    [InlineData("bl=99999999999999999999")]
    [InlineData(",,,=,=\"")]
    public void Read_Nonsense_DoesNoHarm(string text)
    {
        var report = CmcdReader.Read(text)!;
        Assert.InRange(report.Patience ?? TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(report.PlaybackRate, 0, 100);
    }

    [Theory]
    [InlineData("sta=a", true)]
    [InlineData("sta=e", true)]
    [InlineData("sta=p", false)]
    [InlineData("sta=p,pr=0", false)]
    [InlineData("pr=0", true)]
    [InlineData("pr=0,su", false)]
    [InlineData("bl=100", false)]
    public void IsAtRest_StateOrRateGiven_FollowsThem(string text, bool expected) => Assert.Equal(expected, CmcdReader.Read(text)!.IsAtRest);
}
