using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;

namespace Gateway.Tests.Load.Links;

public sealed class SyntheticTitleTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Sizes_OfARung_HaveItsMeanAndAreTheSameForTheSameSeed()
    {
        var (one, two) = (new SyntheticTitle(new TitleShape()), new SyntheticTitle(new TitleShape()));

        var sizes = Enumerable.Range(0, 150).Select(i => one.SizeOf(true, 4, i)).ToList();

        Assert.Equal(3000 * 125 * 4, sizes.Average(), 2.0);
        Assert.Equal(sizes, Enumerable.Range(0, 150).Select(i => two.SizeOf(true, 4, i)));
        Assert.True(sizes.Max() > 1.2 * sizes.Min());
    }

    [Theory]
    [InlineData("/title/v0/150.m4s")]
    [InlineData("/title/v8/0.m4s")]
    [InlineData("/title/x/0.m4s")]
    [InlineData("/title/v0/x.m4s")]
    [InlineData("/other/v0/0.m4s")]
    [InlineData("/title/")]
    public void Path_OfNothing_IsNotFound(string path) => Assert.Equal(404, Answer(new TitleShape(), path, s_now).Status);

    [Fact]
    public void LiveSegment_BeforeItsEnd_IsNotThereYet()
    {
        var shape = new TitleShape { IsLive = true, SegmentSeconds = 2 };
        var next = (long)((s_now - shape.LiveSince).TotalSeconds / 2);

        Assert.Equal(404, Answer(shape, $"/title/v0/{next}.m4s", s_now).Status);
        Assert.Equal(200, Answer(shape, $"/title/v0/{next}.m4s", s_now.AddSeconds(2)).Status);
        Assert.Equal(200, Answer(shape, $"/title/v0/{next - 1}.m4s", s_now).Status);
    }

    [Fact]
    public void BlockingReload_OfTheNextPart_IsHeldUntilThatIsThere()
    {
        var shape = new TitleShape { IsLive = true, SegmentSeconds = 4, PartSeconds = 1, Think = TimeSpan.Zero };
        var sequence = (long)((s_now - shape.LiveSince).TotalSeconds / 4);

        var reply = new SyntheticTitle(shape).Answer(Request("/title/v0/media.m3u8") with { Directives = $"_HLS_msn={sequence}&_HLS_part=1" }, s_now);

        Assert.Equal(TimeSpan.FromSeconds(2), reply.Wait);
        Assert.Contains($"{sequence}.1.m4s", System.Text.Encoding.UTF8.GetString(reply.Body.Span), StringComparison.Ordinal);
    }

    private static VirtualReply Answer(TitleShape shape, string path, DateTimeOffset at) => new SyntheticTitle(shape).Answer(Request(path), at);

    private static TransferRequest Request(string path) => new() { Kind = TransferKind.Segment, Root = "", Path = path };
}
