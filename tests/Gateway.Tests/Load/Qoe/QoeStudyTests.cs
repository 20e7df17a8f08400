using System.CommandLine;
using Gateway.Load.Links;
using Gateway.Load.Qoe;

namespace Gateway.Tests.Load.Qoe;

/// <summary>The levers on a handful of made-up lines: wide bounds, so that whoever makes a lever useless or harmful learns of it here.</summary>
public sealed class QoeStudyTests
{
    private static readonly IReadOnlyList<QoeSession> Sessions =
    [
        .. new[] { Swinging(4000, 700, 20), Swinging(2500, 0, 25), Swinging(6000, 400, 40) }
            .SelectMany(static t => new[] { 0.0, 31 }.Select(o => new QoeSession(t, TimeSpan.FromSeconds(o), TimeSpan.FromMilliseconds(60)))),
    ];

    [Fact]
    public void Cmsd_OfShakaOnSwingingLines_KeepsItAliveAndDoesNoHarm()
    {
        var row = Row("shaka", QoeArm.Of("cmsd", isAuto: false)!);
        var alone = QoeTable.Row(Player("shaka"), 6, -1, "none", isAuto: false, new QoeStudy(new QoeStudyOptions { Sessions = Sessions }).Play(Player("shaka"), 6, []));
        Assert.InRange(row.RestartsPerHour, 0, alone.RestartsPerHour * 1.1);
        Assert.InRange(row.Factor!.Value, -1, 1.1);
        Assert.InRange(row.BitrateFactor, 0.7, 1.3);
    }

    [Theory]
    [InlineData("dashjs", 0.8)]
    [InlineData("fixed", 1.0)]
    public void Auto_OnSwingingLines_AvoidsStallsAndKeepsTheRate(string player, double most)
    {
        var row = Row(player, QoeArm.Of("auto", isAuto: true)!);
        Assert.True(row.Factor is null || row.Factor < most, $"factor {row.Factor}");
        Assert.InRange(row.BitrateFactor, 0.8, 3);
    }

    [Fact]
    public void Study_PlayedTwice_IsTheSame()
    {
        var arm = QoeArm.Of("all", isAuto: false)!;
        Assert.Equal(Row("hlsjs", arm), Row("hlsjs", arm));
    }

    [Fact]
    public void Shared_OfFourViewers_HasAllOfThem()
    {
        var results = new QoeStudy(new QoeStudyOptions { Sessions = [Sessions[0]], Viewers = 4 }).Play(Player("shaka"), 6, []);
        Assert.Equal(4, Assert.Single(results).Alone.Length);
        Assert.All(results[0].Alone, static o => Assert.InRange(o.PlayedSeconds, 560, 601));
    }

    [Theory]
    [InlineData("qoe", "--traces names no folder")]
    [InlineData("qoe --traces . --rules nobody", "'nobody' is no player")]
    [InlineData("qoe --traces . --levers magic", "'magic' is none")]
    [InlineData("bounds --traces . --segments 0", "'0' is no duration")]
    public async Task Command_WrongUse_SaysWhatThereIs(string line, string message)
    {
        using var errors = new StringWriter();
        var code = await Gateway.Load.Program.RunAsync(line.Split(' '), new InvocationConfiguration { Output = TextWriter.Null, Error = errors }, TestContext.Current.CancellationToken);
        Assert.Equal(1, code);
        Assert.Contains(message, errors.ToString(), StringComparison.Ordinal);
    }

    private static QoePlayer Player(string name) => QoePlayer.All.Single(p => p.Name == name);

    private static QoeRow Row(string player, QoeArm arm)
    {
        var results = new QoeStudy(new QoeStudyOptions { Sessions = Sessions }).Play(Player(player), 6, [arm]);
        return QoeTable.Row(Player(player), 6, 0, arm.Name, arm.IsAuto, results);
    }

    private static RateTrace Swinging(double high, double low, double seconds) => new($"made-{high}-{low}", [(0, high), (2 * seconds, low), (3 * seconds, high)]);
}
