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
