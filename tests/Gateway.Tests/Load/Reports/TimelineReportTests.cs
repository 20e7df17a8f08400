using Gateway.Load.Players;
using Gateway.Load.Reports;

namespace Gateway.Tests.Load.Reports;

public sealed class TimelineReportTests
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(240);

    [Fact]
    public void Of_WhatTheOriginWasAsked_IsForEachPieceAndUpToIt()
    {
        var timeline = new Timeline(s_duration);
        timeline.Settle(TimeSpan.FromSeconds(6));
        var report = TimelineReport.Of(timeline, TimeSpan.FromSeconds(6), [new OriginSecond(0, 6, 0), new OriginSecond(1, 4, 0), new OriginSecond(3, 5, 5), new OriginSecond(4, 10, 5), new OriginSecond(99, 1, 1)]);
        Assert.Equal(2, report.WidthSeconds);
        Assert.Equal([1, 1.5, 1.6667], report.OriginPerSegment);
        // Where all was asked for before there is no segment to divide by.
        Assert.Equal([1, null, 2], report.OriginPerSegmentHere);
        Assert.Equal([5, 2.5, 5], report.OriginPerSecond);
        Assert.Equal([0, 2.5, 2.5], report.OriginAgainPerSecond);
    }

    [Fact]
    public void EndFigures_OfARunThatEndsInTrouble_TellIt()
    {
        var timeline = new Timeline(s_duration);
        timeline.Move(null, PlayerPhase.Playing, TimeSpan.Zero);
        timeline.Move(null, PlayerPhase.Playing, TimeSpan.Zero);
        timeline.At(TimeSpan.FromSeconds(100)).Errors = 50;
        timeline.At(TimeSpan.FromSeconds(100)).Requests = 50;
        timeline.At(TimeSpan.FromSeconds(235)).Requests = 4;
        timeline.At(TimeSpan.FromSeconds(235)).Errors = 1;
        timeline.Move(PlayerPhase.Playing, PlayerPhase.Stalled, TimeSpan.FromSeconds(235));
        timeline.Settle(s_duration);
        var figures = EndFigures.Of(timeline, s_duration).ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        Assert.Equal(0.25, figures["end.requestsFailed"]);
        Assert.Equal(0.25, figures["end.standing"]);
    }
}
