namespace Gateway.Load.Reports;

/// <summary>What a figure is counted in; texts and axes follow it.</summary>
internal enum FigureUnit
{
    Number,
    Milliseconds,

    /// <summary>0 to 1, written in percent.</summary>
    Share,
    Kbps,
    PerHour,
    SecondsPerHour,
    PerSecond,
    Bytes,
}
