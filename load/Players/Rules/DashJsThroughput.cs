namespace Gateway.Load.Players.Rules;

/// <summary>How dash.js measures one kind of media: the smaller of two means weighted by one and a half times the download time, with half-lives of 3 and 8.</summary>
internal sealed class DashJsThroughput
{
    private const double WeightPerSecond = 1.5;

    /// <summary>What the Resource Timing API adds to a body for its head, bytes (transferSize).</summary>
    private const int HeadBytes = 300;

    private readonly Ewma _fast = new(3);
    private readonly Ewma _slow = new(8);

    /// <summary>kbit/s, whole; null before the first sample.</summary>
    public double? Average => _fast.Weight > 0 ? Math.Round(Math.Min(_fast.Mean, _slow.Mean)) : null;

    /// <summary>With the safety factor of 0.9.</summary>
    public double? Safe => Average * 0.9;

    /// <param name="seconds">From the first byte to the last.</param>
    /// <param name="bytes">Body.</param>
    public void Add(double seconds, long bytes)
    {
        if (seconds <= 0) return;
        var kbps = Math.Round((bytes + HeadBytes) * 8 / seconds / 1000);
        _fast.Add(WeightPerSecond * seconds, kbps);
        _slow.Add(WeightPerSecond * seconds, kbps);
    }
}
