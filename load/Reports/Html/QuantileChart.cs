using System.Globalization;

namespace Gateway.Load.Reports.Html;

/// <summary>
/// Distributions as HdrHistogram shows them: the share of values along the bottom, stretched towards the end by its nines, and the time that so many were done
/// within. A system with a few very bad moments rises steeply at the right, where a mean would hide them.
/// </summary>
internal static class QuantileChart
{
    public static string Draw(string title, string note, params IReadOnlyList<(string Name, string Color, IReadOnlyList<QuantilePoint> Points)> curves)
    {
        var points = curves.SelectMany(static c => c.Points).ToArray();
        var (least, greatest) = (points.Min(static p => p.Ms), points.Max(static p => p.Ms));
        var isWide = least > 0 && greatest / least > 40;
        var axis = isWide ? Axis.Log(least, greatest) : Axis.Linear(greatest);
        // As many nines as the longest curve tells.
        var last = points.Where(static p => p.Quantile < 1).Select(static p => p.Quantile).DefaultIfEmpty(0.9).Max();
        var nines = Math.Max(1, -Math.Log10(1 - last)) + 0.3;
        double[] told = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];
        var canvas = new SvgCanvas(title).Vertical(axis, FigureText.Milliseconds)
            .Horizontal([.. told.Where(q => Place(q, nines) < 0.93).Select(q => (Place(q, nines), $"{(q * 100).ToString("0.###", CultureInfo.InvariantCulture)} %")), (1, "all")]);
        foreach (var (_, color, curve) in curves) canvas.Line([.. curve.Select(p => ((double, double)?)(Place(p.Quantile, nines), axis.Place(p.Ms)))], color);
        return TimeChart.Figure(title, note, canvas, [.. curves.Select(static c => new ChartSeries(c.Name, c.Color, []))]);
    }

    private static double Place(double quantile, double nines) => quantile >= 1 ? 1 : Math.Min(1, -Math.Log10(1 - quantile) / nines);
}
