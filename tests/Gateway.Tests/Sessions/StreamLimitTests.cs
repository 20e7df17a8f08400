using Gateway.Sessions;

namespace Gateway.Tests.Sessions;

/// <summary>How many viewings a user, and a node, may have.</summary>
public sealed class StreamLimitTests : RegistryHouse
{
    [Fact]
    public void Open_MoreStreamsThanAllowed_IsRefusedUntilOneEnds()
    {
        var order = new SessionOrder { MaxStreams = 2 };
        var first = Open(order).Session!;
        Open(order);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order).Verdict);
        Assert.True(_sessions.End(first.Id, SessionEnding.Client));
        Assert.Equal(OpenVerdict.Opened, Open(order).Verdict);
    }

    [Fact]
    public void Open_OtherUsersStreams_DoNotCount()
    {
        var order = new SessionOrder { MaxStreams = 1 };
        Open(order, "a");
        Assert.Equal(OpenVerdict.Opened, Open(order, "b").Verdict);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order, "a").Verdict);
    }

    [Fact]
    public async Task Open_ManyAtOnce_NeverExceedsTheLimit()
    {
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Open(new SessionOrder { MaxStreams = 3 }).Verdict)));
        Assert.Equal(3, verdicts.Count(v => v == OpenVerdict.Opened));
    }

    [Fact]
    public void Open_WhatIsNoLongerAStream_GivesItsPlaceAway()
    {
        var order = new SessionOrder { MaxStreams = 1 };
        // Carried on by another.
        var old = Open(order).Session!;
        var next = Open(order with { Previous = old.Id });
        Assert.Equal(OpenVerdict.Opened, next.Verdict);
        old.Supersede(_time.GetUtcNow());
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order).Verdict);
        _sessions.End(next.Session!.Id, SessionEnding.Client);
        // Fetched ahead, not yet begun.
        Assert.Equal(OpenVerdict.Opened, Open(order with { Prewarmed = true }).Verdict);
        // On the same device, in place of what played there.
        Assert.Equal(OpenVerdict.Opened, Open(order with { DeviceId = "tv" }).Verdict);
        Assert.Equal(OpenVerdict.Opened, Open(order with { DeviceId = "tv" }).Verdict);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order with { DeviceId = "phone" }).Verdict);
        // Silent for long.
        _time.Advance(_options.StreamTimeout);
        Assert.Equal(OpenVerdict.Opened, Open(order with { DeviceId = "phone" }).Verdict);
    }

    [Fact]
    public void Open_SupersededButStillPlaying_CountsAgain()
    {
        var order = new SessionOrder { MaxStreams = 1 };
        var old = Open(order).Session!;
        var next = Open(order with { Previous = old.Id }).Session!;
        old.Supersede(_time.GetUtcNow());
        _sessions.End(next.Id, SessionEnding.Client);
        // Its player comes to an end with what it has …
        PlayOn(old, _options.StreamTimeout - TimeSpan.FromSeconds(30));
        var third = Open(order);
        Assert.Equal(OpenVerdict.Opened, third.Verdict);
        _sessions.End(third.Session!.Id, SessionEnding.Client);
        // … or somebody watches on.
        PlayOn(old, TimeSpan.FromSeconds(60));
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order).Verdict);
    }

    [Fact]
    public void Open_NextOnTheSameDevice_LeavesTheOtherPlacesFree()
    {
        var order = new SessionOrder { MaxStreams = 2 };
        Open(order with { DeviceId = "tv" });
        Open(order with { DeviceId = "tv" });
        Assert.Equal(OpenVerdict.Opened, Open(order with { DeviceId = "phone" }).Verdict);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order with { DeviceId = "tablet" }).Verdict);
    }

    [Fact]
    public void Resume_OfASilentViewing_IsOneTooManyWhileItsPlaceIsTaken()
    {
        var order = new SessionOrder { MaxStreams = 1 };
        var silent = Open(order).Session!;
        _time.Advance(_options.StreamTimeout);
        var other = Open(order).Session!;
        Assert.Same(silent, Resume(silent.Paths.Ticket, out var isOneTooMany));
        Assert.True(isOneTooMany);
        Resume(other.Paths.Ticket, out isOneTooMany);
        Assert.False(isOneTooMany);
        // Asking did not make it count.
        _sessions.End(other.Id, SessionEnding.Client);
        Resume(silent.Paths.Ticket, out isOneTooMany);
        Assert.False(isOneTooMany);
        Assert.Equal(OpenVerdict.TooManyStreams, Open(order).Verdict);
    }

    [Fact]
    public void Resume_OfViewingsFetchedAhead_BeginsOnlyWithinTheLimit()
    {
        var order = new SessionOrder { MaxStreams = 1, Prewarmed = true };
        var first = Open(order).Session!;
        var second = Open(order).Session!;
        Resume(first.Paths.Ticket, out var isOneTooMany);
        Assert.False(isOneTooMany);
        first.Playhead.Asked(null, null, null, _time.GetUtcNow());
        Resume(second.Paths.Ticket, out isOneTooMany);
        Assert.True(isOneTooMany);
    }

    [Fact]
    public void Resume_WithoutALimit_IsNeverOneTooMany()
    {
        var silent = Open(new SessionOrder()).Session!;
        _time.Advance(_options.StreamTimeout);
        Open(new SessionOrder());
        Assert.NotNull(Resume(silent.Paths.Ticket, out var isOneTooMany));
        Assert.False(isOneTooMany);
    }

    [Fact]
    public void Open_FullNode_IsRefused()
    {
        _options.MaxSessions = 1;
        Open(new SessionOrder());
        Assert.Equal(OpenVerdict.Full, Open(new SessionOrder()).Verdict);
    }
}
