using Gateway.Live.Timeline;
using Gateway.Testing;
using Gateway.Tests.Live.Timeline;

namespace Gateway.Tests.Live.Life;

public sealed class LiveSessionsTests : IDisposable
{
    private static readonly LiveRecord Ended = new(LiveRecordKind.Ended, LiveBench.Begin) { Reason = LiveTimeline.EndedByUploader };

    private readonly string _folder = Directory.CreateTempSubdirectory("sessions-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Open_OfSessionsThatEndedOrWentAway_CountsTheOthers()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        var first = await node.BeginAsync("first");
        await node.BeginAsync("second");
        await node.BeginAsync("over", Ended);
        Assert.Equal(2, node.Sessions.Open());
        await first.AppendAsync(Ended);
        Assert.Equal(1, node.Sessions.Open());
        node.Sessions.Unload("second");
        Assert.Equal(0, node.Sessions.Open());
        Assert.NotNull(await node.Sessions.FindAsync("second"));
        Assert.Equal((1, 3), (node.Sessions.Open(), node.Sessions.Loaded().Count));
    }

    /// <summary>Each creation counts them: those that ended cost it nothing, however many there are.</summary>
    [Fact]
    public async Task Open_OfSessionsThatEnded_CopiesNothing()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        for (var i = 0; i < 64; i++) await node.BeginAsync($"over{i}", Ended);
        await node.BeginAsync("open");
        Assert.Equal(1, node.Sessions.Open());
        Assert.InRange(Allocations.Least(() => node.Sessions.Open()), 0, 256);
    }

    [Fact]
    public async Task Session_ThatIsHeld_IsFoundByItsId()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        var session = await node.BeginAsync("held");
        Assert.Same(session, node.Sessions.Held("held"));
        node.Sessions.Unload("held");
        Assert.Null(node.Sessions.Held("held"));
    }
}
