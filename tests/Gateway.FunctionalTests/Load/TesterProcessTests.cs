using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Load.Targets;
using SmallDisk = Gateway.FunctionalTests.Stub.JustInTime.SmallDisk;

namespace Gateway.FunctionalTests.Load;

/// <summary>What the tester starts for a run and puts around it is gone with it, however it ends.</summary>
public sealed class TesterProcessTests
{
    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task Tester_EndedBySignal_LeavesNothing(string signal)
    {
        SkipUnlessBalanced();
        await using var tester = TesterProcess.Start("node-kill", "--players", "2", "--duration", "10m");
        // HAProxy comes last, when the gateways are ready.
        await Patience.UntilAsync(() => Task.FromResult(tester.Running().Exists(static c => c.StartsWith("haproxy", StringComparison.Ordinal))));
        Assert.Equal(2, tester.Running().Count(static c => c.Contains("Gateway.dll", StringComparison.Ordinal)));
        await tester.SignalAsync(signal);
        var (code, errors) = await tester.EndAsync();
        Assert.Empty(await tester.LeftAsync());
        // Killed, or ended early with a verdict on what there was.
        if (signal == "KILL") Assert.Equal(137, code);
        else Assert.True(code is 0 or 1 or 2, errors);
    }

    /// <summary>Drills of which few players are enough to see that they happen; what they find out takes more, and a machine that does nothing else.</summary>
    [Theory]
    [InlineData("postgres-away", "database away", "database back")]
    [InlineData("disk-full", "room on the disks")]
    [InlineData("clock-ahead")]
    public async Task Drill_WithFewPlayers_HappensAndLeavesNothing(string drill, params string[] marks)
    {
        SkipUnlessBalanced();
        if (drill == "postgres-away") Assert.SkipUnless(Directory.Exists("/usr/lib/postgresql"), "PostgreSQL is not installed.");
        if (drill == "disk-full") SmallDisk.Mount(64).Dispose();
        if (drill == "clock-ahead") SkipUnlessFaked();
        var json = Path.GetTempFileName();
        try
        {
            await using var tester = TesterProcess.Start("drill", drill, "--players", "4", "--duration", "4s", "--json", json);
            var (code, errors) = await tester.EndAsync();
            // How well it goes on a machine that runs other tests is not judged here.
            Assert.True(code is 0 or 2, errors);
            Assert.Empty(await tester.LeftAsync());
            using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
            Assert.Equal(marks, report.RootElement.GetProperty("marks").EnumerateArray().Select(static m => m.GetProperty("label").GetString()));
            Assert.True(Figure(report, "players.count") >= 4);
            Assert.Equal(0, Figure(report, "gateways.diedByThemselves"));
            Assert.Equal(0, Figure(report, "faults.wrongBytes"));
            Assert.Equal(0, Figure(report, "faults.wrongLength"));
            if (drill == "clock-ahead") Assert.True(Figure(report, "clock.ahead") > TimeSpan.FromMinutes(59).TotalMilliseconds);
        }
        finally
        {
            File.Delete(json);
        }
    }

    private static void SkipUnlessBalanced() => Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/sbin/haproxy"), "haproxy is not installed.");

    private static void SkipUnlessFaked()
    {
        try
        {
            _ = FakeClock.Ahead(TimeSpan.FromHours(1));
        }
        catch (IOException missing)
        {
            Assert.Skip(missing.Message);
        }
    }

    private static double Figure(JsonDocument report, string name) =>
        report.RootElement.GetProperty("figures").EnumerateArray().First(f => f.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();
}
