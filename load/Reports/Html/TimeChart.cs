using System.Net;
using System.Text;

namespace Gateway.Load.Reports.Html;

/// <summary>A chart over the time of the run: lines, or layers on top of each other.</summary>
internal sealed class TimeChart(TimelineReport timeline, double seconds, IReadOnlyList<Mark> marks)
{
    /// <summary>A figure with its caption, legend and lines.</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="note">How to read it.</param>
    /// <param name="tell">Writes a value of the vertical axis.</param>
    /// <param name="series">One or more.</param>
    public string Lines(string title, string note, Func<double, string> tell, params IReadOnlyList<ChartSeries> series)
    {
        var axis = Axis.Linear(series.Max(static s => s.Greatest));
        var canvas = Frame(title, axis, tell);
        foreach (var one in series) canvas.Line([.. one.Values.Select((v, i) => v is { } value ? (Place(i), axis.Place(value)) : ((double, double)?)null)], one.Color);
        return Figure(title, note, Marked(canvas), series);
    }

    /// <summary>The same, each layer on top of those before.</summary>
    public string Layers(string title, string note, Func<double, string> tell, params IReadOnlyList<ChartSeries> series)
    {
        var count = series.Max(static s => s.Values.Count);
        var sums = new double[count];
        var axis = Axis.Linear(Enumerable.Range(0, count).Select(i => series.Sum(s => s.Values.ElementAtOrDefault(i) ?? 0)).DefaultIfEmpty().Max());
        var canvas = Frame(title, axis, tell);
        foreach (var one in series)
        {
            (double X, double Y)[] lower = [.. sums.Select((v, i) => (Place(i), axis.Place(v)))];
            for (var i = 0; i < one.Values.Count; i++) sums[i] += one.Values[i] ?? 0;
            canvas.Area([.. sums.Select((v, i) => (Place(i), axis.Place(v)))], lower, one.Color);
        }

        return Figure(title, note, Marked(canvas), series);
    }

    /// <summary>A figure around a chart, with a legend where there is more than one series.</summary>
    internal static string Figure(string title, string note, SvgCanvas canvas, IReadOnlyList<ChartSeries> series)
    {
        var text = new StringBuilder().Append("<figure><figcaption><b>").Append(WebUtility.HtmlEncode(title)).Append("</b>");
        if (series.Count > 1)
        {
            text.Append("<span class=\"legend\">");
            foreach (var one in series) text.Append("<i class=\"").Append(one.Color).Append("\"></i>").Append(WebUtility.HtmlEncode(one.Name)).Append(' ');
            text.Append("</span>");
        }

        text.Append("</figcaption>").Append(canvas).Append("<p>").Append(WebUtility.HtmlEncode(note)).Append("</p></figure>");
        return text.ToString();
    }

    // A value stands in the middle of its piece of the run.
    private double Place(int index) => Math.Min(1, (index + 0.5) * timeline.WidthSeconds / seconds);

    private SvgCanvas Frame(string title, Axis axis, Func<double, string> tell)
    {
        var time = Axis.Time(seconds);
        return new SvgCanvas(title).Vertical(axis, tell).Horizontal(time.Ticks.Select(t => (time.Place(t), Clock(t))));
    }

    // On top of what is drawn, or a layer would hide them.
    private SvgCanvas Marked(SvgCanvas canvas)
    {
        var shown = marks.Where(m => m.Seconds <= seconds).ToArray();
        for (var i = 0; i < shown.Length; i++) canvas.Mark(shown[i].Seconds / seconds, shown[i].Label, i % 3);
        return canvas;
    }

    private string Clock(double at)
    {
        var span = TimeSpan.FromSeconds(at);
        return seconds >= 2 * 3600 ? $"{(int)span.TotalHours}:{span.Minutes:00} h" : $"{(int)span.TotalMinutes}:{span.Seconds:00}";
    }
}
