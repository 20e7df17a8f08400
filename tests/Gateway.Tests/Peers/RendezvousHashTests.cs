using Gateway.Media;
using Gateway.Peers;

namespace Gateway.Tests.Peers;

public sealed class RendezvousHashTests
{
    private const int Titles = 20_000;

    [Theory]
    [InlineData("/demo/v1/a.m4s", 1, "/demo/v2/b.m4s", true)]
    [InlineData("/demo/v1/a.m4s", 1, "/demo2/v1/a.m4s", false)]
    [InlineData("/vod/demo/a.m4s", 2, "/vod/demo/x/y.m4s", true)]
    [InlineData("/vod/demo/a.m4s", 2, "/vod/other/a.m4s", false)]
    [InlineData("/vod/a.mp4", 2, "/vod/b.mp4", true)]
    [InlineData("/a.mp4", 1, "/b.mp4", false)]
    public void TitleOf_TwoPaths_IsTheSameWithinTheFolders(string path, int folders, string other, bool isSame) =>
        Assert.Equal(isSame, RendezvousHash.TitleOf(new MediaAddress("origin", path, ""), folders) == RendezvousHash.TitleOf(new MediaAddress("origin", other, "?a"), folders));

    /// <summary>Another process, another version, another processor: all have to agree.</summary>
    [Fact]
    public void TitleOf_KnownAddress_IsTheKnownNumber()
    {
        Assert.Equal(KnownTitle, RendezvousHash.TitleOf(new MediaAddress("origin", "/demo/v1/a.m4s", ""), 1));
        Assert.Equal(KnownNode, RendezvousHash.NodeOf("a"));
    }

    [Fact]
    public void Owner_OfManyTitles_FollowsTheWeights()
    {
        var counts = Owners([("a", 1), ("b", 1), ("c", 2)]).CountBy(o => o).ToDictionary(StringComparer.Ordinal);
        Assert.InRange(counts["a"], Titles * 0.235, Titles * 0.265);
        Assert.InRange(counts["b"], Titles * 0.235, Titles * 0.265);
        Assert.InRange(counts["c"], Titles * 0.485, Titles * 0.515);
    }

    [Fact]
    public void Owner_ANodeGoes_OnlyItsTitlesMove()
    {
        var before = Owners([("a", 1), ("b", 1), ("c", 1)]);
        var after = Owners([("a", 1), ("c", 1)]);
        for (var i = 0; i < Titles; i++) Assert.True(before[i] == "b" || before[i] == after[i]);
        Assert.Contains("a", after.Where((_, i) => before[i] == "b"));
        Assert.Contains("c", after.Where((_, i) => before[i] == "b"));
    }

    private const ulong KnownTitle = 10021815975510998031;
    private const ulong KnownNode = 198367012849983736;

    private static string[] Owners((string Name, double Weight)[] nodes) =>
    [
        .. Enumerable.Range(0, Titles).Select(i =>
        {
            var title = RendezvousHash.TitleOf(new MediaAddress("origin", $"/title-{i}/a.m4s", ""), 1);
            return nodes.MaxBy(n => RendezvousHash.Score(title, RendezvousHash.NodeOf(n.Name), n.Weight)).Name;
        }),
    ];
}
