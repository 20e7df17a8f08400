using Gateway.Sessions.Quality;

namespace Gateway.Tests.Sessions.Quality;

/// <summary>Stalls as hls.js reports them.</summary>
public sealed class HlsJsStallTests : StallRecording
{
    [Fact]
    public void Look_StallAfterTheStart_IsCountedOnceWithItsLength()
    {
        Assert.Equal(StallSign.Nothing, Look("v", startup: true));
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 2000));
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 1000));
        Wait(4);
        // One second was in the buffer: playback has stalled for three.
        Assert.Equal(StallSign.Began, Look("v", starved: true, startup: true));
        Wait(1);
        Assert.Equal(StallSign.Ended, LookLong("v", starved: false, bufferMs: 3000, out var stalled));
        Assert.Equal(TimeSpan.FromSeconds(4), stalled);
    }

    [Fact]
    public void Look_StallAfterAShortStart_IsCounted()
    {
        for (var i = 0; i < 3; i++) Look("v", startup: true);
        Wait(10);
        Assert.Equal(StallSign.Began, Look("v", startup: true, starved: true));
        Wait(3);
        Assert.Equal(StallSign.Ended, Look("v"));
    }

    /// <summary>hls.js lowers the rendition after a stall: its one <c>bs</c> then goes with the init section of the new one.</summary>
    [Fact]
    public void Look_StarvedReportedWithTheInitSectionOfAnotherRendition_IsCounted()
    {
        Look("v", startup: true);
        Look("v", bufferMs: 5800);
        Look("v", bufferMs: 7800);
        Wait(9);
        _watch.LookAtInit(Report("i", true, true, 2000, null));
        Assert.Equal(StallSign.Passed, LookLong("v", starved: false, bufferMs: 2000, out var stalled));
        Assert.Equal(TimeSpan.FromSeconds(1.2), stalled);
        Wait(5);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 4000));
    }

    [Fact]
    public void LookAtInit_InitSectionAfterASeek_IsNoStall()
    {
        Look("v", bufferMs: 4000);
        Wait(2);
        _watch.LookAtInit(Report("i", true, true, 0, null));
        Assert.Equal(StallSign.Nothing, Look("v", continues: false));
        Wait(5);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 4000));
    }

    [Fact]
    public void Look_StallThatAudioReported_IsNotCountedAgainWithVideo()
    {
        Look("v");
        Look("a");
        Wait(5);
        Assert.Equal(StallSign.Began, Look("a", startup: true));
        Wait(2);
        Assert.Equal(StallSign.Ended, Look("a"));
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("v", starved: true, startup: true));
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("v"));
        Wait(5);
        Assert.Equal(StallSign.Passed, Look("v", starved: true));
    }
}
