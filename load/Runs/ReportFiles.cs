using Gateway.Load.Reports;
using Gateway.Load.Reports.Html;
using Spectre.Console;

namespace Gateway.Load.Runs;

/// <summary>Writes the report in each wanted form, and tells the verdict.</summary>
internal static class ReportFiles
{
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static async Task WriteAsync(RunReport report, RunOptions options, CancellationToken stop)
    {
        await WriteAsync(options.Json, () => JsonReport.Write(report), stop);
        await WriteAsync(options.Html, () => HtmlReport.Write(report), stop);
        await WriteAsync(options.Markdown, () => MarkdownReport.Write(report), stop);
        await WriteAsync(options.Csv, () => CsvReport.Write(report), stop);
        await WriteAsync(options.JUnit, () => JUnitReport.Write(report), stop);
    }

    /// <summary>The verdict in words, the limits, and where more is to be found.</summary>
    public static void Tell(RunReport report, RunOptions options, IAnsiConsole console)
    {
        var verdict = Verdict.Of(report);
        console.WriteLine();
        console.MarkupLine($"[bold {(report.HasPassed ? "green" : "red")}]{Markup.Escape(verdict.Headline)}[/]");
        foreach (var sentence in verdict.Sentences) console.WriteLine($"  {sentence}");
        if (report.Thresholds.Count > 0)
        {
            console.WriteLine();
            var width = report.Thresholds.Max(static t => t.Threshold.Length);
            foreach (var limit in report.Thresholds)
                console.MarkupLine($"  {(limit.HasPassed ? "[green]kept  [/]" : "[red]broken[/]")}  {Markup.Escape(limit.Threshold.PadRight(width))}  {Markup.Escape(limit.Told)}");
        }

        console.WriteLine();
        if (options.Html is { } page) console.WriteLine($"  The report: {page.FullName}");
        else if (!options.Quiet) console.WriteLine("  --html report.html writes this as a page with charts; --help tells the rest.");
    }

    private static async Task WriteAsync(FileInfo? file, Func<string> write, CancellationToken stop)
    {
        if (file is null) return;
        file.Directory!.Create();
        await File.WriteAllTextAsync(file.FullName, write(), stop);
    }
}
