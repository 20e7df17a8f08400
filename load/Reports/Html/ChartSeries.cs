namespace Gateway.Load.Reports.Html;

/// <summary>One line or layer of a chart.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Color">Name of a colour of the page: <c>good</c>, <c>bad</c>, <c>wait</c>, <c>calm</c>, <c>plain</c>.</param>
/// <param name="Values">One for each piece of the run; null leaves a gap.</param>
internal sealed record ChartSeries(string Name, string Color, IReadOnlyList<double?> Values)
{
    public static ChartSeries Of(string name, string color, IReadOnlyList<double> values) => new(name, color, [.. values.Select(static v => (double?)v)]);

    public double Greatest => Values.Max() ?? 0;
}
