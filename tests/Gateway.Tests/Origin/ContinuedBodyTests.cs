using System.Globalization;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Testing;

namespace Gateway.Tests.Origin;

public sealed class ContinuedBodyTests
{
    private static readonly byte[] File = RangedOrigin.Bytes(200_000, 1);

    [Fact]
    public async Task Read_BodyThatIsCut_GoesOnAtTheOtherDestinationFromTheByteWhereItBroke()
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin().AnswerAsync);
        await using var sound = await LoopbackUpstream.StartAsync(new RangedOrigin { BreaksAfter = _ => null }.AnswerAsync);
        await using var network = await OpenAsync(cut.Address, sound.Address);
        Assert.Equal(File, await ReadAsync(network));
        Assert.Single(cut.Requests);
        var rest = Assert.Single(sound.Requests);
        Assert.Equal("bytes=100000-199999", rest.Headers["Range"]);
        Assert.Equal("\"v1\"", rest.Headers["If-Range"]);
    }

    [Fact]
    public async Task Read_EveryBodyOfTheOnlyDestinationIsCutTwice_StillGetsEveryByte()
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin { BreaksAfter = n => n < 3 ? 60_000 : null }.AnswerAsync);
        await using var network = await OpenAsync(cut.Address);
        Assert.Equal(File, await ReadAsync(network));
        Assert.Equal(4, cut.Requests.Count);
    }

    [Fact]
    public async Task Read_MoreBreaksThanContinuations_IsBrokenAndHasNotAByteTooMany()
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin { BreaksAfter = _ => 10_000 }.AnswerAsync);
        await using var network = await OpenAsync(cut.Address);
        var read = new MemoryStream();
        var broken = await Assert.ThrowsAsync<OriginBrokenException>(() => ReadAsync(network, into: read));
        Assert.Equal(OriginFailure.Cut, broken.Failure);
        Assert.Equal(File[..40_000], read.ToArray());
        Assert.Equal(4, cut.Requests.Count);
    }

    [Fact]
    public async Task Read_SilentBody_GoesOnElsewhereLongBeforeTheIdleLimit()
    {
        var clock = new ManualTimeProvider();
        await using var silent = await LoopbackUpstream.StartAsync(new RangedOrigin { IsSilent = true }.AnswerAsync);
        await using var sound = await LoopbackUpstream.StartAsync(new RangedOrigin { BreaksAfter = _ => null }.AnswerAsync);
        await using var network = await OpenAsync(clock, silent.Address, sound.Address);
        var reading = ReadAsync(network);
        await clock.AdvanceUntilAsync(() => reading.IsCompleted, new OriginOptions().StallTimeout);
        Assert.Equal(File, await reading);
    }

    [Fact]
    public async Task Read_PartThatIsCut_GetsTheRestOfThePartAndNoMore()
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin { BreaksAfter = n => n == 0 ? 10_000 : null }.AnswerAsync);
        await using var network = await OpenAsync(cut.Address);
        Assert.Equal(File[50_000..90_000], await ReadAsync(network, new ByteRange(50_000, 40_000)));
        Assert.Equal("bytes=60000-89999", cut.Requests.Last().Headers["Range"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_OriginThatIgnoresRanges_SkipsTheBytesThatAreIn(bool isPart)
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin { BreaksAfter = n => n == 0 ? 10_000 : null }.AnswerAsync);
        await using var ignorant = await LoopbackUpstream.StartAsync(new RangedOrigin { BreaksAfter = _ => null, IgnoresRanges = true }.AnswerAsync);
        await using var network = await OpenAsync(cut.Address, ignorant.Address);
        var read = await ReadAsync(network, isPart ? new ByteRange(50_000, 40_000) : null);
        Assert.Equal(isPart ? File[50_000..90_000] : File, read);
        Assert.Single(ignorant.Requests);
    }

    [Fact]
    public async Task Read_ChunkedBodyThatIsCut_GoesOnToTheEndOfTheRepresentation()
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin { IsChunked = true }.AnswerAsync);
        await using var network = await OpenAsync(cut.Address);
        Assert.Equal(File, await ReadAsync(network));
    }

    [Fact]
    public async Task Read_NoTagButAnOldDate_IsContinuedByTheDate()
    {
        var old = new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin { ETag = null, LastModified = old }.AnswerAsync);
        await using var network = await OpenAsync(cut.Address);
        Assert.Equal(File, await ReadAsync(network));
        Assert.Equal(old.ToString("r", CultureInfo.InvariantCulture), cut.Requests.Last().Headers["If-Range"]);
    }

    [Theory]
    [InlineData("W/\"v1\"")]
    [InlineData(null)]
    public async Task Read_NoStrongValidator_IsBrokenAsBefore(string? tag)
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin { ETag = tag }.AnswerAsync);
        await using var network = await OpenAsync(cut.Address);
        await Assert.ThrowsAsync<OriginBrokenException>(() => ReadAsync(network));
        Assert.Single(cut.Requests);
    }

    [Fact]
    public async Task Read_OtherDestinationHasAnotherVersion_IsContinuedWhereItBegan()
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin().AnswerAsync);
        await using var other = await LoopbackUpstream.StartAsync(new RangedOrigin { File = RangedOrigin.Bytes(200_000, 2), ETag = "\"v2\"", BreaksAfter = _ => null }.AnswerAsync);
        await using var network = await OpenAsync(cut.Address, other.Address);
        Assert.Equal(File, await ReadAsync(network));
        Assert.Equal((2, 1), (cut.Requests.Count, other.Requests.Count));
    }

    [Fact]
    public async Task Read_NobodyWantsItAnyMore_AsksForNoRest()
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin().AnswerAsync);
        await using var network = await OpenAsync(cut.Address);
        await Assert.ThrowsAsync<OriginBrokenException>(() => ReadAsync(network, givesUp: () => true));
        Assert.Single(cut.Requests);
    }

    [Fact]
    public async Task Read_Disabled_IsBroken()
    {
        await using var cut = await LoopbackUpstream.StartAsync(new RangedOrigin().AnswerAsync);
        await using var network = await UpstreamNetwork.OpenAsync([.. UpstreamNetwork.Cluster("origin", cut.Address), ("Gateway:Origin:Continuations", "0")]);
        await Assert.ThrowsAsync<OriginBrokenException>(() => ReadAsync(network));
        Assert.Single(cut.Requests);
    }

    private static Task<UpstreamNetwork> OpenAsync(params string[] addresses) => OpenAsync(TimeProvider.System, addresses);

    private static Task<UpstreamNetwork> OpenAsync(TimeProvider clock, params string[] addresses) => UpstreamNetwork.OpenAsync(
        clock, [.. UpstreamNetwork.Cluster("origin", addresses), ("ReverseProxy:Clusters:origin:LoadBalancingPolicy", "FirstAlphabetical"), ("Gateway:Origin:StallTimeout", clock == TimeProvider.System ? "00:05:00" : null)]);

    private static async Task<byte[]> ReadAsync(UpstreamNetwork network, ByteRange? range = null, Func<bool>? givesUp = null, MemoryStream? into = null)
    {
        into ??= new MemoryStream();
        var request = new OriginRequest { Address = new MediaAddress("origin", "/title/seg.m4s", ""), Range = range, GivesUp = givesUp };
        await using var reply = await network.Fetch(request, network.Patience);
        var buffer = new byte[8192];
        for (int n; (n = await reply.ReadAsync(buffer, network.Patience)) > 0;) into.Write(buffer, 0, n);
        return into.ToArray();
    }
}
