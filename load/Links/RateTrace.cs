using System.Collections.Immutable;
using System.Globalization;

namespace Gateway.Load.Links;

/// <summary>
/// The rate of a link over time, as steps; behind its end it begins again. Immutable, so one serves all links of a run.
/// </summary>
internal sealed class RateTrace
{
    private readonly double[] _starts;
    private readonly double[] _rates;

    /// <param name="name">For reports.</param>
    /// <param name="steps">Start of each step in seconds, rising from 0, and its rate in kbit/s; the last one only marks the end.</param>
    /// <exception cref="FormatException">The steps are not that.</exception>
    public RateTrace(string name, IReadOnlyList<(double Seconds, double Kbps)> steps)
    {
        Name = name;
        if (steps.Count < 2 || steps[0].Seconds != 0) throw new FormatException($"The trace '{name}' has no steps, or does not begin at 0.");
        _starts = [.. steps.Select(s => s.Seconds)];
        _rates = [.. steps.Select(s => s.Kbps * 1000)];
        for (var i = 0; i < _starts.Length; i++)
        {
            if (!double.IsFinite(_rates[i]) || _rates[i] < 0 || (i > 0 && !(_starts[i] > _starts[i - 1])))
                throw new FormatException($"The trace '{name}' is wrong at step {i}: times must rise, and rates must not be negative.");
        }

        Length = _starts[^1];
        for (var i = 0; i + 1 < _starts.Length; i++) TotalBits += _rates[i] * (_starts[i + 1] - _starts[i]);
        if (TotalBits <= 0) throw new FormatException($"The trace '{name}' never lets anything through.");
    }

    public string Name { get; }

    /// <summary>Seconds.</summary>
    public double Length { get; }

    /// <summary>What one round of it lets through.</summary>
    public double TotalBits { get; }

    public double MeanKbps => TotalBits / Length / 1000;

    /// <summary>Number of steps.</summary>
    public int Count => _rates.Length - 1;

    /// <summary>Start of a step within the trace, in seconds; of the one behind the last it is <see cref="Length"/>.</summary>
    public double StartOf(int step) => _starts[step];

    /// <summary>Bits per second.</summary>
    public double RateOf(int step) => _rates[step];

    /// <summary>The step in which a moment within the trace lies.</summary>
    public int StepAt(double seconds)
    {
        var found = Array.BinarySearch(_starts, 0, _rates.Length - 1, seconds);
        return found >= 0 ? found : Math.Max(~found - 1, 0);
    }

    /// <summary>A link whose rate does not change.</summary>
    public static RateTrace Constant(double kbps) => new(string.Create(CultureInfo.InvariantCulture, $"{kbps:0}kbps"), [(0, kbps), (3600, kbps)]);

    /// <summary>The same shape at another scale.</summary>
    public RateTrace Scaled(double factor) => new(Name, [.. _starts.Zip(_rates, (s, r) => (s, r * factor / 1000))]);

    /// <summary>Reads the form of a CSV file with the columns seconds and kbps.</summary>
    /// <param name="name">For reports and errors.</param>
    /// <param name="lines">With the header line.</param>
    /// <exception cref="FormatException">A line is no pair of numbers, or times do not rise.</exception>
    public static RateTrace Parse(string name, IEnumerable<string> lines)
    {
        var steps = ImmutableArray.CreateBuilder<(double, double)>();
        foreach (var line in lines.Skip(1))
        {
            if (line.Length == 0) continue;
            var comma = line.IndexOf(',');
            if (comma < 0 || !double.TryParse(line.AsSpan(0, comma), CultureInfo.InvariantCulture, out var at) || !double.TryParse(line.AsSpan(comma + 1), CultureInfo.InvariantCulture, out var rate))
                throw new FormatException($"The trace '{name}' has a line that is no pair of numbers: '{line}'.");
            steps.Add((at, rate));
        }

        return new RateTrace(name, steps);
    }

    /// <summary>Reads a file; see <see cref="Parse"/>.</summary>
    public static RateTrace Load(string path) => Parse(Path.GetFileNameWithoutExtension(path), File.ReadLines(path));

    /// <summary>Reads all traces of a folder, in the order of their names; <c>index.csv</c> is none.</summary>
    public static ImmutableArray<RateTrace> LoadFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.csv").Where(f => Path.GetFileName(f) != "index.csv").Order(StringComparer.Ordinal).Select(Load)];
}
