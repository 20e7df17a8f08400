using Gateway.Live.Keys;

namespace Gateway.Tests.Live.Keys;

public sealed class StreamChunkKeyTests
{
    [Theory]
    [InlineData("stream_input/abc/chunk_00000.mp4", "abc", 0)]
    [InlineData("stream_input/A-b_9/chunk_00042.mp4", "A-b_9", 42)]
    [InlineData("stream_input/x/chunk_99999.mp4", "x", 99_999)]
    public void Key_OfTheContract_IsReadAndWrittenAgain(string key, string session, int index)
    {
        Assert.True(StreamChunkKey.TryParse(key, out var payload));
        Assert.Equal(new StreamChunkPayload(session, index) { ContractVersion = 1 }, payload);
        Assert.Equal(key, payload.InputKey);
        Assert.Equal($"stream_output/{session}/seg_{index:D5}.mp4", payload.OutputKey);
    }

    [Theory]
    [InlineData("stream_input/abc/chunk_1.mp4")]
    [InlineData("stream_input/abc/chunk_000001.mp4")]
    [InlineData("stream_input/abc/chunk_-0001.mp4")]
    [InlineData("stream_input/abc/chunk_+0001.mp4")]
    [InlineData("stream_input/abc/chunk_0000١.mp4")]
    [InlineData("stream_input/abc/chunk_ 0001.mp4")]
    [InlineData("stream_input/abc/chunk_00001.webm")]
    [InlineData("stream_input/abc/chunk_00001.mp4.part")]
    [InlineData("stream_input/abc/chunk_00001.MP4")]
    [InlineData("stream_input/abc/more/chunk_00001.mp4")]
    [InlineData("stream_input/../chunk_00001.mp4")]
    [InlineData("stream_input//chunk_00001.mp4")]
    [InlineData("stream_input/a.b/chunk_00001.mp4")]
    [InlineData("stream_input/äbc/chunk_00001.mp4")]
    [InlineData("stream_input/abc/chunk_00001.mp4\n")]
    [InlineData("/stream_input/abc/chunk_00001.mp4")]
    [InlineData("stream_output/abc/seg_00001.mp4")]
    [InlineData("input/abc/chunk_00001.mp4")]
    [InlineData("")]
    public void Key_ThatIsNone_IsRefused(string key) => Assert.False(StreamChunkKey.TryParse(key, out _));

    [Fact]
    public void SessionId_LongerThanAllowed_IsRefused()
    {
        Assert.True(StreamChunkKey.IsSessionId(new string('a', 64)));
        Assert.False(StreamChunkKey.IsSessionId(new string('a', 65)));
        Assert.False(StreamChunkKey.TryParse($"stream_input/{new string('a', 65)}/chunk_00001.mp4", out _));
    }

    [Fact]
    public void Names_OfSegmentsAndInits_AreReadBack()
    {
        Assert.True(StreamChunkKey.TryReadSegmentName(StreamChunkKey.SegmentNameOf(7), out var index));
        Assert.Equal(7, index);
        Assert.True(StreamChunkKey.TryReadInitName(StreamChunkKey.InitNameOf("0af"), out var id));
        Assert.Equal("0af", id);
        Assert.False(StreamChunkKey.TryReadInitName("init_.mp4", out _));
        Assert.False(StreamChunkKey.TryReadInitName("init_../x.mp4", out _));
        Assert.False(StreamChunkKey.TryReadSegmentName("chunk_00001.mp4", out _));
    }

    [Fact]
    public void Contract_OfAnotherVersion_IsRefusedWithTheOnesThatAreKnown()
    {
        StreamChunkKey.RequireKnown(1);
        Assert.Contains("Supported: 1", Assert.Throws<NotSupportedException>(() => StreamChunkKey.RequireKnown(2)).Message, StringComparison.Ordinal);
    }
}
