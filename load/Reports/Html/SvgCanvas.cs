using System.Globalization;
using System.Net;
using System.Text;

namespace Gateway.Load.Reports.Html;

/// <summary>The frame of a chart: axes with their marks, and the pieces that charts are drawn of. Colours are classes of the page, so that they follow light and dark.</summary>
internal sealed class SvgCanvas
{
    public const int Width = 560;
    public const int Height = 230;
    private const int Left = 62;
    private const int Right = 14;
    private const int Top = 12;
    private const int Bottom = 28;

    private readonly StringBuilder _svg = new();

    public SvgCanvas(string label) => _svg.Append(
        CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(label)}\">");

    public static double X(double share) => Left + (share * (Width - Left - Right));

    public static double Y(double share) => Height - Bottom - (share * (Height - Top - Bottom));

    public SvgCanvas Vertical(Axis axis, Func<double, string> tell)
    {
        foreach (var tick in axis.Ticks)
        {
            var y = Y(axis.Place(tick));
            _svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            Text(Left - 7, y + 4, tell(tick), "end");
        }

        return this;
    }

    public SvgCanvas Horizontal(IEnumerable<(double Share, string Label)> ticks)
    {
        foreach (var (share, label) in ticks)
        {
            var x = X(share);
            _svg.Append(CultureInfo.InvariantCulture, $"<line class=\"tick\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 4}\"/>");
            Text(x, Height - 9, label, "middle");
        }

        return this;
    }

    /// <summary>Something happened: a dashed line with its name, on the side where there is room.</summary>
    public SvgCanvas Mark(double share, string label, int row)
    {
        var x = X(share);
        var isRight = share > 0.6;
        _svg.Append(CultureInfo.InvariantCulture, $"<line class=\"mark\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>");
        _svg.Append(CultureInfo.InvariantCulture, $"<text class=\"marked\" x=\"{x + (isRight ? -4 : 4):0.#}\" y=\"{Top + 9 + (row * 12)}\" text-anchor=\"{(isRight ? "end" : "start")}\">{WebUtility.HtmlEncode(label)}</text>");
        return this;
    }

    /// <summary>A line through points; null breaks it. Where only one or two hang together each is a dot as well, or they would hardly be seen.</summary>
    public SvgCanvas Line(IReadOnlyList<(double X, double Y)?> points, string color)
    {
        for (var begin = 0; begin < points.Count;)
        {
            if (points[begin] is null)
            {
                begin++;
                continue;
            }

            var end = begin;
            while (end < points.Count && points[end] is not null) end++;
            for (var i = begin; i < end && end - begin < 3; i++)
            {
                var (x, y) = points[i]!.Value;
                _svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot {color}\" cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"2.2\"/>");
            }

            if (end - begin > 1)
            {
                _svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line {color}\" points=\"");
                for (var i = begin; i < end; i++) Point(points[i]!.Value);
                _svg.Append("\"/>");
            }

            begin = end;
        }

        return this;
    }

    /// <summary>The area between two lines of the same places.</summary>
    public SvgCanvas Area(IReadOnlyList<(double X, double Y)> upper, IReadOnlyList<(double X, double Y)> lower, string color)
    {
        _svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"area {color}\" points=\"");
        foreach (var point in upper) Point(point);
        for (var i = lower.Count - 1; i >= 0; i--) Point(lower[i]);
        _svg.Append("\"/>");
        return this;
    }

    public override string ToString() => _svg + "</svg>";

    private void Point((double X, double Y) point) => _svg.Append(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#} ");

    private void Text(double x, double y, string text, string anchor) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");
}
