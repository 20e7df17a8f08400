namespace Gateway.Load.Reports.Html;

/// <summary>The marks of an axis: round numbers, about as many as asked for, from 0 or a power of ten to just beyond the greatest value.</summary>
internal sealed class Axis
{
    private readonly bool _isLog;

    private Axis(double least, double most, IReadOnlyList<double> ticks, bool isLog)
    {
        Least = least;
        Most = most;
        Ticks = ticks;
        _isLog = isLog;
    }

    public double Least { get; }

    public double Most { get; }

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Even steps of 1, 2, 2.5 or 5 times a power of ten, from 0.</summary>
    public static Axis Linear(double greatest, int ticks = 4)
    {
        if (!double.IsFinite(greatest) || greatest <= 0) greatest = 1;
        var rough = greatest / ticks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 });
        var count = (int)Math.Ceiling((greatest / step) - 1e-9);
        return new Axis(0, step * count, [.. Enumerable.Range(0, count + 1).Select(i => i * step)], isLog: false);
    }

    /// <summary>Steps of time that people count in.</summary>
    public static Axis Time(double seconds, int ticks = 6)
    {
        double[] steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
        var step = Array.Find(steps, s => s >= seconds / ticks) is var found and > 0 ? found : Math.Ceiling(seconds / ticks);
        return new Axis(0, Math.Max(seconds, 1), [.. Enumerable.Range(0, (int)(seconds / step) + 1).Select(i => i * step)], isLog: false);
    }

    /// <summary>Powers of ten, for values that differ by more than a linear axis can show.</summary>
    public static Axis Log(double least, double greatest)
    {
        var low = Math.Floor(Math.Log10(Math.Max(least, 1e-3)));
        var high = Math.Max(low + 1, Math.Ceiling(Math.Log10(Math.Max(greatest, 1e-3)) - 1e-9));
        return new Axis(Math.Pow(10, low), Math.Pow(10, high), [.. Enumerable.Range(0, (int)(high - low) + 1).Select(i => Math.Pow(10, low + i))], isLog: true);
    }

    /// <summary>0 at the least, 1 at the greatest value.</summary>
    public double Place(double value)
    {
        if (!_isLog) return Math.Clamp((value - Least) / (Most - Least), 0, 1);
        return Math.Clamp(Math.Log10(Math.Max(value, Least) / Least) / Math.Log10(Most / Least), 0, 1);
    }
}
