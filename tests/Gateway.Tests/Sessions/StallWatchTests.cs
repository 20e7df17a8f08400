using Gateway.Adaptation;
using Gateway.Sessions;

namespace Gateway.Tests.Sessions;

/// <summary>Trails of requests as the three players send them.</summary>
public sealed class StallWatchTests
{
    private readonly StallWatch _watch = new();
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void HlsJs_StallAfterTheStart_IsCountedOnceWithItsLength()
    {
        Assert.Equal(StallSign.Nothing, Look("v", startup: true));
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 2000));
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 1000));
        Wait(4);
        // One second was in the buffer: the picture has stood for three.
        Assert.Equal(StallSign.Began, Look("v", starved: true, startup: true));
        Wait(1);
        Assert.Equal(StallSign.Ended, LookLong("v", starved: false, bufferMs: 3000, out var stood));
        Assert.Equal(TimeSpan.FromSeconds(4), stood);
    }

    [Fact]
    public void DashJs_StarvedWithoutStartup_HasPassedAlready()
    {
        Look("v");
        Wait(2);
        Look("v", bufferMs: 500);
        Wait(3);
        Assert.Equal(StallSign.Passed, LookLong("v", starved: true, bufferMs: 100, out var stood));
        Assert.Equal(TimeSpan.FromSeconds(2.5), stood);
    }

    [Fact]
    public void DashJs_Seek_IsNoStall()
    {
        Look("v");
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("v", starved: true, continues: false));
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("v"));
    }

    [Fact]
    public void Shaka_StartupThatComesBack_IsAStall()
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
        Assert.Equal(StallSign.Ended, LookLong("v", starved: false, bufferMs: 4000, out var stood));
        Assert.Equal(TimeSpan.FromSeconds(4), stood);
    }

    [Fact]
    public void Shaka_SeekThatNeedsBuffering_IsNoStall()
    {
        Look("v");
        Wait(1);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, continues: false));
    }

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
    public void DashJs_StarvedByTheFirstSeekOfALiveStream_IsNoStall()
    {
        Look("v", startup: true);
        Look("v", startup: true);
        Wait(0.5);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, starved: true));
    }

    [Fact]
    public void HlsJs_StallAfterAShortStart_IsCounted()
    {
        for (var i = 0; i < 3; i++) Look("v", startup: true);
        Wait(10);
        Assert.Equal(StallSign.Began, Look("v", startup: true, starved: true));
        Wait(3);
        Assert.Equal(StallSign.Ended, Look("v"));
    }

    [Fact]
    public void AudioBesideVideo_IsNotCountedTwice()
    {
        Look("v");
        Look("a");
        Wait(5);
        Assert.Equal(StallSign.Passed, Look("a", starved: true));
        Assert.Equal(StallSign.Nothing, Look("v", starved: true));
        Assert.Equal(StallSign.Nothing, Look("v", starved: true));
    }

    [Fact]
    public void DashJs_SoundAloneRunsOut_IsAStall()
    {
        Look("v", bufferMs: 9000);
        Assert.Equal(StallSign.Nothing, Look("a", bufferMs: 4000));
        Wait(7);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 4000));
        Assert.Equal(StallSign.Passed, _watch.Look(Report("a", true, true, 2000, null), true, _now, out var stood));
        Assert.Equal(TimeSpan.FromSeconds(3), stood);
    }

    [Fact]
    public void DashJs_PictureThatRanOutInAStallOfSound_IsTheSameStall()
    {
        Look("v", bufferMs: 5000);
        Look("a", bufferMs: 4000);
        Wait(7);
        Assert.Equal(StallSign.Passed, Look("a", startup: true, starved: true, bufferMs: 2000));
        Wait(3);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, starved: true, bufferMs: 2000));
        Look("v", bufferMs: 2000);
        Wait(5);
        Assert.Equal(StallSign.Passed, Look("v", starved: true, bufferMs: 100));
    }

    /// <summary>As dash.js reported a start over a narrow link: the picture's <c>bs</c> before anything was in its buffer, the sound's before it can have run out.</summary>
    [Fact]
    public void DashJs_StarvedByItsOwnStart_IsNoStall()
    {
        Look("v", startup: true, bufferMs: 0);
        Look("a", startup: true, bufferMs: 0);
        Wait(0.7);
        Look("v", bufferMs: 0);
        Look("a", bufferMs: 2000);
        Wait(1.4);
        Look("v", bufferMs: 0);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, starved: true, bufferMs: 1900));
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 3900));
        Assert.Equal(StallSign.Nothing, Look("a", startup: true, starved: true, bufferMs: 1900));
        Wait(3);
        Assert.Equal(StallSign.Passed, Look("a", startup: true, starved: true, bufferMs: 2000));
    }

    /// <summary>hls.js lowers the rendition after a stall: its one <c>bs</c> then goes with the init section of the new one.</summary>
    [Fact]
    public void HlsJs_StarvedToldWithTheInitSectionOfAnotherRendition_IsCounted()
    {
        Look("v", startup: true);
        Look("v", bufferMs: 5800);
        Look("v", bufferMs: 7800);
        Wait(9);
        _watch.LookAtInit(Report("i", true, true, 2000, null));
        Assert.Equal(StallSign.Passed, LookLong("v", starved: false, bufferMs: 2000, out var stood));
        Assert.Equal(TimeSpan.FromSeconds(1.2), stood);
        Wait(5);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 4000));
    }

    /// <summary>shaka-player may change the rendition in the moment in which the picture goes on, and then says nothing but that it has nothing.</summary>
    [Fact]
    public void Shaka_EmptyBufferLongAfterItRanOut_IsAStall()
    {
        Look("v", bufferMs: 6000);
        Look("v", bufferMs: 8300);
        Wait(9.5);
        var empty = Report("v", false, false, null, null) with { DeadlineMs = 0 };
        Assert.Equal(StallSign.Began, _watch.Look(empty, true, _now, out _));
        Wait(0.1);
        Assert.Equal(StallSign.Ended, LookLong("v", starved: false, bufferMs: 2000, out var stood));
        Assert.Equal(TimeSpan.FromSeconds(1.3), stood);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, bufferMs: 2000));
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 4000));
    }

    /// <summary>Requests that timed out were made anew: the picture's without a word, and the sound's, which says that it starts up, long after it.</summary>
    [Fact]
    public void Shaka_EmptyBufferOfBoth_IsOneStall()
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

    /// <summary>Had the picture moved all the time, less would be left of the segment that came too late.</summary>
    [Fact]
    public void Shaka_WholeSegmentLeftLongAfterTheBufferRanOut_IsAStall()
    {
        Look("v", bufferMs: 4900);
        _watch.Look(Report("v", false, false, 6900, null) with { DurationMs = 2000 }, true, _now, out _);
        Wait(8);
        Assert.Equal(StallSign.Passed, LookLong("v", starved: false, bufferMs: 2000, out var stood));
        Assert.Equal(TimeSpan.FromSeconds(1.1), stood);
    }

    /// <summary>At the live edge the next segment is asked for when it is there, not when there is room for it.</summary>
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
    public void HlsJs_InitSectionAfterASeek_IsNoStall()
    {
        Look("v", bufferMs: 4000);
        Wait(2);
        _watch.LookAtInit(Report("i", true, true, 0, null));
        Assert.Equal(StallSign.Nothing, Look("v", continues: false));
        Wait(5);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 4000));
    }

    [Fact]
    public void Shaka_ShortStall_IsToldByARequestForSound()
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
    public void Shaka_SoundThatIsStillMissingWhenThePictureIsBack_IsTheSameStall()
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

    [Fact]
    public void HlsJs_StallThatSoundToldOf_IsNotCountedAgainWithTheNextPicture()
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

    [Fact]
    public void Sound_AfterTheStallThatThePictureToldOf_DoesNotEndIt()
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
    public void AudioAlone_IsCounted()
    {
        Look("a");
        Wait(5);
        Assert.Equal(StallSign.Passed, Look("a", starved: true));
    }

    private void Wait(double seconds) => _now += TimeSpan.FromSeconds(seconds);

    private StallSign Look(string type, bool startup = false, bool starved = false, int? bufferMs = null, string? state = null, bool continues = true) =>
        _watch.Look(Report(type, startup, starved, bufferMs, state), continues, _now, out _);

    private StallSign LookLong(string type, bool starved, int? bufferMs, out TimeSpan stood) =>
        _watch.Look(Report(type, false, starved, bufferMs, null), true, _now, out stood);

    private static CmcdReport Report(string type, bool startup, bool starved, int? bufferMs, string? state) =>
        new() { ObjectType = type, Startup = startup, BufferStarved = starved, BufferMs = bufferMs, State = state };
}
