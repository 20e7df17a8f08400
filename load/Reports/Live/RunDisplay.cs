using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gateway.Load.Reports.Live;

/// <summary>
/// What a run looks like while it goes on: a table that is drawn anew each second in a terminal, a line every five seconds where the output is a file. It reads snapshots
/// and touches nothing of the run.
/// </summary>
internal sealed class RunDisplay(string test, TimeSpan duration, Func<RunSnapshot?> look, TimeProvider time)
{
    private static readonly TimeSpan s_redraw = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_line = TimeSpan.FromSeconds(5);

    /// <summary>Shows the run until told to stop.</summary>
    public async Task ShowAsync(IAnsiConsole console, CancellationToken stop)
    {
        try
        {
            if (console.Profile.Capabilities.Ansi && !console.Profile.Out.IsTerminal) await LinesAsync(console, stop);
            else if (console.Profile.Out.IsTerminal) await TableAsync(console, stop);
            else await LinesAsync(console, stop);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>One line for a log.</summary>
    internal static string Line(RunSnapshot now, TimeSpan duration) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Clock(now.At)}/{Clock(duration)}  {now.Arrived} came, {now.Playing} playing, {now.Starting} starting, {now.Stalled} standing, {now.Failed} failed; first picture {FigureText.Milliseconds(now.StartUpP50.TotalMilliseconds)} / {FigureText.Milliseconds(now.StartUpP95.TotalMilliseconds)} (p95); {FigureText.Of(now.MeanKbps, FigureUnit.Kbps)}; {now.Errors} errors");

    internal IRenderable Table(RunSnapshot? now)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle($"{test}  {Clock(now?.At ?? TimeSpan.Zero)} of {Clock(duration)}") };
        table.AddColumn("viewers").AddColumn(new TableColumn("").RightAligned()).AddColumn("what they get").AddColumn(new TableColumn("").RightAligned());
        if (now is null) return table.AddRow("starting …");
        table.AddRow("came", Number(now.Arrived), "first picture, half", FigureText.Milliseconds(now.StartUpP50.TotalMilliseconds));
        table.AddRow("[green]playing[/]", Number(now.Playing), "first picture, 95 %", FigureText.Milliseconds(now.StartUpP95.TotalMilliseconds));
        table.AddRow("starting", Number(now.Starting), "bitrate", FigureText.Of(now.MeanKbps, FigureUnit.Kbps));
        table.AddRow(Alarm("standing", now.Stalled), Number(now.Stalled), "delivered", $"{FigureText.Bytes(now.BytesPerSecond)}/s");
        table.AddRow("paused", Number(now.Paused), "requests", Number(now.Requests));
        table.AddRow("left", Number(now.Ended - now.Failed), Alarm("errors", now.Errors), Number(now.Errors));
        table.AddRow(Alarm("failed", now.Failed), Number(now.Failed), "the tester is late by", FigureText.Milliseconds(now.Lateness.TotalMilliseconds));
        return table;
    }

    private async Task TableAsync(IAnsiConsole console, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(s_redraw, time);
        await console.Live(Table(null)).AutoClear(true).StartAsync(async context =>
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                context.UpdateTarget(Table(look()));
                context.Refresh();
            }
        });
    }

    private async Task LinesAsync(IAnsiConsole console, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(s_line, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (look() is { } now) console.Profile.Out.Writer.WriteLine(Line(now, duration));
        }
    }

    private static string Alarm(string word, long count) => count > 0 ? $"[red]{word}[/]" : word;

    private static string Number(long number) => FigureText.Number(number);

    private static string Clock(TimeSpan span) => $"{(int)span.TotalMinutes}:{span.Seconds:00}";
}
