using Gateway.Sessions.Quality;

namespace Gateway.Tests.Sessions.Quality;

/// <summary>What holds for every player.</summary>
public sealed class StallWatchTests : StallRecording
{
    [Fact]
    public void Version2_StateRebuffering_IsAStall()
    {
        Look("v", state: "p");
        Wait(2);
        Assert.Equal(StallSign.Began, Look("v", state: "r"));
        Wait(2);
        Assert.Equal(StallSign.Ended, Look("v", state: "p"));
    }

    [Fact]
    public void AnyPlayer_BeforePlayingBegan_NothingCounts()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(StallSign.Nothing, Look("v", startup: true));
            Wait(3);
        }
    }

    [Fact]
    public void Look_AudioBesideVideo_IsNotCountedTwice()
    {
        Look("v");
        Look("a");
        Wait(5);
        Assert.Equal(StallSign.Passed, Look("a", starved: true));
        Assert.Equal(StallSign.Nothing, Look("v", starved: true));
        Assert.Equal(StallSign.Nothing, Look("v", starved: true));
    }

    /// <summary>At the live edge the next segment is asked for when it is there, not when there is space for it.</summary>
    [Theory]
    [InlineData(2000, 2.5, 1500)]
    [InlineData(500, 2, 500)]
    [InlineData(2000, 3.8, 200)]
    public void LiveEdge_SegmentThatCameInTime_IsNoStall(int bufferMs, double elapsed, int leftMs)
    {
        Look("v", bufferMs: 2000);
        _watch.Look(Report("v", false, false, bufferMs, null) with { DurationMs = 2000 }, true, _now, out _);
        Wait(elapsed);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: leftMs));
    }

    [Fact]
    public void EmptyBuffer_BeforeItCanHaveRunOut_IsAChangeOfRendition()
    {
        Look("v", bufferMs: 8000);
        Wait(5);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 0));
    }

    [Fact]
    public void EmptyBuffer_AfterAPause_IsNoStall()
    {
        Look("v", bufferMs: 8000);
        _watch.Look(Report("v", false, false, 8000, null) with { PlaybackRate = 0 }, true, _now, out _);
        Wait(60);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 0));
    }

    [Fact]
    public void Audio_AfterTheStallThatVideoReported_DoesNotEndIt()
    {
        Look("v");
        Look("a");
        Wait(5);
        Assert.Equal(StallSign.Began, Look("v", starved: true, startup: true));
        Assert.Equal(StallSign.Nothing, Look("a"));
        Wait(2);
        Assert.Equal(StallSign.Ended, Look("v"));
    }

    [Fact]
    public void Look_AudioAlone_IsCounted()
    {
        Look("a");
        Wait(5);
        Assert.Equal(StallSign.Passed, Look("a", starved: true));
    }
}
