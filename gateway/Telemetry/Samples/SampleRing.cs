namespace Gateway.Telemetry.Samples;

/// <summary>The samples of the last <see cref="Kept"/>, each a row of figures. Its memory is fixed. Thread-safe.</summary>
internal sealed class SampleRing
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    public static readonly int Figures = Enum.GetValues<Figure>().Length;

    private static readonly int Most = (int)(Kept / Every);

    private readonly Lock _lock = new();
    private readonly DateTimeOffset[] _at = new DateTimeOffset[Most];
    private readonly double[] _values = new double[Most * Figures];
    private long _written;

    public void Add(DateTimeOffset at, ReadOnlySpan<double> figures)
    {
        lock (_lock)
        {
            var slot = (int)(_written % Most);
            _at[slot] = at;
            figures.CopyTo(_values.AsSpan(slot * Figures, Figures));
            _written++;
        }
    }

    /// <summary>The samples after a moment, oldest first.</summary>
    /// <param name="since">Only those that are later.</param>
    /// <param name="rows">A row of <see cref="Figures"/> for each.</param>
    public DateTimeOffset[] Read(DateTimeOffset since, out double[] rows)
    {
        lock (_lock)
        {
            var oldest = Math.Max(0, _written - Most);
            while (oldest < _written && _at[oldest % Most] <= since) oldest++;
            var at = new DateTimeOffset[_written - oldest];
            rows = new double[at.Length * Figures];
            for (var i = 0; i < at.Length; i++)
            {
                var slot = (int)((oldest + i) % Most);
                at[i] = _at[slot];
                _values.AsSpan(slot * Figures, Figures).CopyTo(rows.AsSpan(i * Figures));
            }

            return at;
        }
    }
}
