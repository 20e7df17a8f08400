using Gateway.Access;
using Gateway.Testing;

namespace Gateway.Tests.Access;

public sealed class FailureLimitTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Failures_UpToTheLimit_OfOneClientOnly()
    {
        var limit = new FailureLimit(2, _clock);
        Assert.False(limit.Count("a"));
        Assert.False(limit.IsSpent("a", out _));
        Assert.True(limit.Count("a"));
        Assert.True(limit.IsSpent("a", out var wait));
        Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.False(limit.IsSpent("b", out _));
    }

    [Fact]
    public void Failures_OfTheWindowBefore_FadeOut()
    {
        var limit = new FailureLimit(4, _clock);
        for (var i = 0; i < 6; i++) limit.Count("a");
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.True(limit.IsSpent("a", out _));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(limit.IsSpent("a", out _));
        _clock.Advance(TimeSpan.FromMinutes(5));
        limit.Count("a");
        Assert.False(limit.IsSpent("a", out _));
    }

    [Fact]
    public void Clients_WithoutEnd_AreForgottenAndNotHeld()
    {
        var limit = new FailureLimit(1, _clock);
        for (var i = 0; i < FailureLimit.MaxClients * 3; i++) limit.Count($"{i}");
        Assert.False(limit.IsSpent("0", out _));
        Assert.True(limit.IsSpent($"{(FailureLimit.MaxClients * 3) - 1}", out _));
    }

    [Fact]
    public void Failures_OfOneClient_StayCountedWhileOthersFail()
    {
        var limit = new FailureLimit(2, _clock);
        limit.Count("a");
        for (var i = 0; i < 100; i++) limit.Count($"{i}");
        Assert.True(limit.Count("a"));
        Assert.True(limit.IsSpent("a", out _));
    }
}
