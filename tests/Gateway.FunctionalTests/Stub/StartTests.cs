using TranscoderStub;

namespace Gateway.FunctionalTests.Stub;

public sealed class StartTests(StubHost stub) : IClassFixture<StubHost>
{
    [Theory]
    [InlineData("--Transcoder:Live:WindowSegments=1")]
    [InlineData("--Transcoder:Live:WindowSegments=many")]
    [InlineData("--Transcoder:Live:Epoch=1970-01-01T00:00:00Z")]
    [InlineData("--Transcoder:LowLatency:PartHoldBack=00:00:00.1")]
    [InlineData("--Transcoder:Titles:Root=/nowhere")]
    [InlineData("--Transcoder:Titles:MaxFiles=10")]
    [InlineData("--Transcoder:JustInTime:SegmentSeconds=-1")]
    [InlineData("--Transcoder:JustInTime:FragmentRatio=0")]
    [InlineData("--Transcoder:Encoding:Preset=fastest")]
    [InlineData("--Transcoder:Encoding:MaxEncoders=-1")]
    [InlineData("--Transcoder:Store:Path=/proc/nowhere")]
    [InlineData("--Transcoder:Store:PruneTo=1.5")]
    [InlineData("--Transcoder:Sources:Library=/nowhere")]
    public void Build_WithAWrongKnob_NamesItsKey(string argument)
    {
        var refused = Assert.Throws<StartRefusedException>(() => TranscoderStub.Program.Build([argument]));

        Assert.Contains(argument.Split('=')[0][2..], refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("fifteen-letters")]
    [InlineData("x")]
    public void Build_WithAKeyThatIsTooShort_IsRefusedWithoutRepeatingIt(string key)
    {
        var refused = Assert.Throws<StartRefusedException>(() => TranscoderStub.Program.Build([$"--Transcoder:Api:Key={key}"]));

        Assert.Contains("Transcoder:Api", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Write 16 characters or more", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("fifteen", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WithAWrongKnobUnderItsOtherName_NamesItsKey()
    {
        var refused = Assert.Throws<StartRefusedException>(() => TranscoderStub.Program.Build(["--SEGMENTED_LOCAL_SEG_DURATION_SEC=-1"]));

        Assert.Contains("Transcoder:JustInTime:SegmentSeconds = '-1'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Main_OnATakenPort_EndsWithOne() => Assert.Equal(1, await TranscoderStub.Program.Main(["--urls", stub.Url]));

    [Fact]
    public async Task LiveTitle_BeforeItsEpoch_IsEmptyOrNotThereButNoError()
    {
        await using var app = TranscoderStub.Program.Build(["--urls", "http://127.0.0.1:0", "--Transcoder:Live:Epoch=2090-01-01T00:00:00Z"]);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        Assert.DoesNotContain("seg_", await client.GetStringAsync("/demo-live/v360/index.m3u8"), StringComparison.Ordinal);
        using var lowLatency = await client.GetAsync("/demo-ll/v360/index.m3u8");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, lowLatency.StatusCode);
    }
}
