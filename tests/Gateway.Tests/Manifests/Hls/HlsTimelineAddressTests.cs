using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Media;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

/// <summary>Addresses that a timeline makes when it is asked, and finds again: whatever was made before, and however long they are.</summary>
public sealed class HlsTimelineAddressTests
{
    [Fact]
    public void Entry_DirectoriesInTurn_LiesInItsOwn()
    {
        string[] references = ["a/1.ts", "b/1.ts", "1.ts", "/c/1.ts", "a/2.ts", "../1.ts", "b/2.ts"];
        var timeline = Read(references);
        MediaAddress[] expected = [At("/demo/v1/a/1.ts"), At("/demo/v1/b/1.ts"), At("/demo/v1/1.ts"), At("/c/1.ts"), At("/demo/v1/a/2.ts"), At("/demo/1.ts"), At("/demo/v1/b/2.ts")];
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < references.Length; i++)
            {
                Assert.Equal(expected[i], timeline[i].Address);
                Assert.True(timeline.TryFind(expected[i], null, out var found));
                Assert.Equal(i, found);
            }
        }
    }

    [Theory]
    [InlineData(200, "s")]
    [InlineData(255, "s")]
    [InlineData(256, "s")]
    [InlineData(257, "s")]
    [InlineData(2000, "s")]
    [InlineData(128, "é")]
    [InlineData(200, "é")]
    [InlineData(400, "é")]
    public void TryFind_NameOfAnyLength_FindsItsEntry(int length, string letter)
    {
        var name = string.Concat(Enumerable.Repeat(letter, length));
        var timeline = Read([$"{name}1.ts?{name}", $"{name}2.ts?{name}", new string('d', 2000) + "/3.ts"]);
        for (var i = 0; i < timeline.Count; i++)
        {
            Assert.True(timeline.TryFind(timeline[i].Address, null, out var found));
            Assert.Equal(i, found);
        }

        Assert.Equal(WirePath.Clean($"/demo/v1/{name}2.ts"), timeline[1].Address.Path);
        Assert.Equal(WirePath.CleanQuery($"?{name}"), timeline[1].Address.Query);
        Assert.Equal($"/demo/v1/{new string('d', 2000)}/3.ts", timeline[2].Address.Path);
        Assert.False(timeline.TryFind(At($"/demo/v1/{name}4.ts"), null, out _));
    }

    private static MediaAddress At(string path) => new("origin", path, "");

    private static HlsTimeline Read(string[] references) =>
        HlsTimeline.Read(Encoding.UTF8.GetBytes($"#EXTM3U\n#EXTINF:1,\n{string.Join("\n#EXTINF:1,\n", references)}\n"), new ReferenceBase(HlsRewriting.Upstreams, "origin", new Uri(Upstream)), Variables());
}
