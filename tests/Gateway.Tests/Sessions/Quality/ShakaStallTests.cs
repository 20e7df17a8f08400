using Gateway.Sessions.Quality;

namespace Gateway.Tests.Sessions.Quality;

/// <summary>Stalls as shaka-player reports them, with few signs.</summary>
public sealed class ShakaStallTests : StallRecording
{
    [Fact]
    public void Look_StartupThatComesBack_IsAStall()
    {
        Assert.Equal(StallSign.Nothing, Look("v", startup: true));
        Assert.Equal(StallSign.Nothing, Look("v", startup: true));
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 4000));
        Wait(6);
        Assert.Equal(StallSign.Began, Look("v", startup: true, bufferMs: 0));
        Wait(1);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, bufferMs: 500));
        Wait(1);
        Assert.Equal(StallSign.Ended, LookLong("v", starved: false, bufferMs: 4000, out var stalled));
        Assert.Equal(TimeSpan.FromSeconds(4), stalled);
    }

    /// <summary>
    /// Recorded: on a quick line every request of the start-up buffer came with <c>su</c>, before the player had begun to play, and the next one in the stall. That
    /// the buffer got shorter shows that playback had begun.
    /// </summary>
    [Fact]
    public void Look_StallRightAfterTheStartupBuffer_IsAStall()
    {
        LookAtSegment(null);
        LookAtSegment(2000);
        LookAtSegment(4000);
        LookAtSegment(6000);
        Wait(7.1);
        Assert.Equal(StallSign.Began, LookAtSegment(2000));
        Wait(0.1);
        Assert.Equal(StallSign.Ended, LookLong("v", starved: false, bufferMs: 4000, out var stalled));
        Assert.Equal(TimeSpan.FromSeconds(1.2), stalled);

        StallSign LookAtSegment(int? bufferMs) => _watch.Look(Report("v", true, false, bufferMs, null) with { DurationMs = 2000 }, true, _now, out _);
    }

    /// <summary>A start-up buffer that was emptied faster than it can play was thrown away: the player changed the rendition before it began.</summary>
    [Fact]
    public void Look_StartupBufferThrownAway_IsNoStall()
    {
        Look("v", startup: true, bufferMs: 2000);
        Look("v", startup: true, bufferMs: 6000);
        Wait(1);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, bufferMs: 0));
    }

    [Fact]
    public void Look_SeekThatNeedsBuffering_IsNoStall()
    {
        Look("v");
        Wait(1);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, continues: false));
    }

    /// <summary>shaka-player may change the rendition in the moment in which playback goes on, and then reports only an empty buffer.</summary>
    [Fact]
    public void Look_EmptyBufferLongAfterItRanOut_IsAStall()
    {
        Look("v", bufferMs: 6000);
        Look("v", bufferMs: 8300);
        Wait(9.5);
        var empty = Report("v", false, false, null, null) with { DeadlineMs = 0 };
        Assert.Equal(StallSign.Began, _watch.Look(empty, true, _now, out _));
        Wait(0.1);
        Assert.Equal(StallSign.Ended, LookLong("v", starved: false, bufferMs: 2000, out var stalled));
        Assert.Equal(TimeSpan.FromSeconds(1.3), stalled);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, bufferMs: 2000));
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 4000));
    }

    /// <summary>Requests that timed out were repeated: the video's without any sign, and long after it the audio's, with <c>su</c>.</summary>
    [Fact]
    public void Look_EmptyBuffersOfAudioAndVideo_IsOneStall()
    {
        Look("v", bufferMs: 9600);
        Look("a", bufferMs: 8700);
        Wait(11.4);
        Assert.Equal(StallSign.Began, Look("v", bufferMs: 0));
        Wait(0.9);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, bufferMs: 2000));
        Wait(1.1);
        Assert.Equal(StallSign.Nothing, Look("a", startup: true, bufferMs: 0));
        Assert.Equal(StallSign.Nothing, Look("a", bufferMs: 2000));
        Wait(1);
        Assert.Equal(StallSign.Ended, Look("v", bufferMs: 3200));
    }

    /// <summary>Had playback gone on all the time, less would be left of the segment that came too late.</summary>
    [Fact]
    public void Look_WholeSegmentLeftLongAfterTheBufferRanOut_IsAStall()
    {
        Look("v", bufferMs: 4900);
        _watch.Look(Report("v", false, false, 6900, null) with { DurationMs = 2000 }, true, _now, out _);
        Wait(8);
        Assert.Equal(StallSign.Passed, LookLong("v", starved: false, bufferMs: 2000, out var stalled));
        Assert.Equal(TimeSpan.FromSeconds(1.1), stalled);
    }

    [Fact]
    public void Look_ShortStallReportedWithAudio_IsCounted()
    {
        Look("v");
        Look("a");
        Wait(5);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 0));
        Wait(1);
        Assert.Equal(StallSign.Began, Look("a", startup: true));
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("a", startup: true));
        Wait(1);
        Assert.Equal(StallSign.Ended, Look("a"));
        Assert.Equal(StallSign.Nothing, Look("v"));
        Wait(5);
        Assert.Equal(StallSign.Began, Look("v", startup: true));
    }

    [Fact]
    public void Look_AudioStillMissingWhenVideoIsBack_IsTheSameStall()
    {
        Look("v", bufferMs: 9600);
        Wait(1);
        Look("a", bufferMs: 8700);
        Wait(10.5);
        Assert.Equal(StallSign.Began, Look("v", bufferMs: 0));
        Wait(0.9);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, bufferMs: 2000));
        Wait(0.2);
        Assert.Equal(StallSign.Nothing, Look("a", startup: true, bufferMs: 0));
        Wait(0.2);
        Look("a", bufferMs: 2000);
        Look("v", bufferMs: 3200);
        Wait(9);
        Assert.Equal(StallSign.Began, Look("v", startup: true, bufferMs: 0));
    }
}
