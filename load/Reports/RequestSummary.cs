namespace Gateway.Load.Reports;

/// <summary>One kind of request or one step, as the report tells it. Times are milliseconds.</summary>
internal sealed record RequestSummary
{
    public required string Name { get; init; }

    public required long Count { get; init; }

    public required long Failed { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Values of <see cref="Total"/> that stand for requests which a long wait held back.</summary>
    public required long HeldBack { get; init; }

    public required IReadOnlyList<QuantilePoint> Total { get; init; }

    public required IReadOnlyList<QuantilePoint> FirstByte { get; init; }

    public required IReadOnlyDictionary<string, long> Statuses { get; init; }

    public static RequestSummary Of(RequestFigures figures) => new()
    {
        Name = figures.Name,
        Count = figures.Count,
        Failed = figures.Failed,
        Bytes = figures.Bytes,
        HeldBack = figures.HeldBack,
        Total = QuantilePoint.Of(figures.Total),
        FirstByte = QuantilePoint.Of(figures.FirstByte),
        Statuses = figures.Statuses,
    };

    /// <summary>Milliseconds at a quantile that the report tells; null when there were none.</summary>
    public static double? At(IReadOnlyList<QuantilePoint> points, double quantile) => points.FirstOrDefault(p => p.Quantile >= quantile)?.Ms;
}
