using Gateway.Sessions.Quality;

namespace Gateway.Tests.Sessions.Quality;

/// <summary>Stalls as dash.js reports them.</summary>
public sealed class DashJsStallTests : StallRecording
{
    [Fact]
    public void Look_StarvedWithoutStartup_IsAPassedStall()
    {
        Look("v");
        Wait(2);
        Look("v", bufferMs: 500);
        Wait(3);
        Assert.Equal(StallSign.Passed, LookLong("v", starved: true, bufferMs: 100, out var stalled));
        Assert.Equal(TimeSpan.FromSeconds(2.5), stalled);
    }

    [Fact]
    public void Look_StarvedAfterASeek_IsNoStall()
    {
        Look("v");
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("v", starved: true, continues: false));
        Wait(2);
        Assert.Equal(StallSign.Nothing, Look("v"));
    }

    [Fact]
    public void Look_StarvedByTheFirstSeekOfALiveStream_IsNoStall()
    {
        Look("v", startup: true);
        Look("v", startup: true);
        Wait(0.5);
        Assert.Equal(StallSign.Nothing, Look("v", startup: true, starved: true));
    }

    [Fact]
    public void Look_OnlyAudioRunsOut_IsAStall()
    {
        Look("v", bufferMs: 9000);
        Assert.Equal(StallSign.Nothing, Look("a", bufferMs: 4000));
        Wait(7);
        Assert.Equal(StallSign.Nothing, Look("v", bufferMs: 4000));
        Assert.Equal(StallSign.Passed, _watch.Look(Report("a", true, true, 2000, null), true, _now, out var stalled));
        Assert.Equal(TimeSpan.FromSeconds(3), stalled);
    }

    [Fact]
    public void Look_VideoRunsOutInAStallOfAudio_IsTheSameStall()
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

    /// <summary>As dash.js reported a start over a narrow link: <c>bs</c> of video before anything was in its buffer, that of audio before it can have run out.</summary>
    [Fact]
    public void Look_StarvedByItsOwnStart_IsNoStall()
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
}
