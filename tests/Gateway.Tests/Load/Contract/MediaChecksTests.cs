using Gateway.Load.Contract;

namespace Gateway.Tests.Load.Contract;

public sealed class MediaChecksTests
{
    [Fact]
    public void Altered_Tickets_AreNeverTheTicket()
    {
        foreach (var ticket in new[] { "AQAEYjU0NdSSru5Mb", "AAAAAAAA", "BBBBBBBB" })
        {
            var altered = MediaChecks.Altered(ticket).Select(static a => a.Ticket).ToList();
            Assert.Equal([ticket.Length + 1, ticket.Length - 1, ticket.Length], altered.Select(static t => t.Length));
            Assert.DoesNotContain(ticket, altered);
        }
    }

    [Theory]
    [InlineData("/api/v1/playback/T/origin/demo/master.m3u8", "demo/master.m3u8")]
    [InlineData("/api/v1/playback/T/origin/films/a/b/x.mpd?q=1", "films/a/b/x.mpd?q=1")]
    public void AssetOf_ASessionsUrl_IsTheUpstreamsPath(string url, string asset) => Assert.Equal(asset, ContractRun.AssetOf(url));
}
