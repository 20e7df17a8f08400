using System.Globalization;
using Gateway.Load.Checks;

namespace Gateway.Load.Drill;

/// <summary>Handoffs of all gateways, by <c>gateway_handoffs_total</c>.</summary>
internal static class HandoffCount
{
    private const string Series = "gateway_handoffs_total";

    /// <exception cref="IOException">A gateway does not tell.</exception>
    public static async Task<long> ReadAsync(IReadOnlyList<CheckedSystem> nodes, CancellationToken stop)
    {
        var sum = 0L;
        foreach (var node in nodes)
        {
            var answer = await node.GetAsync("/metrics", stop);
            if (Expect.Status(answer, 200) is { } wrong) throw new IOException($"{node.Target.Authority}/metrics {wrong}: give --node the address that has it");
            sum += Sum(System.Text.Encoding.UTF8.GetString(answer.Body));
        }

        return sum;
    }

    /// <summary>Over all outcomes; 0 before the first handoff, when there is no series yet.</summary>
    internal static long Sum(string metrics)
    {
        var sum = 0.0;
        foreach (var line in metrics.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(Series, StringComparison.Ordinal) || line.Length <= Series.Length || line[Series.Length] is not ('{' or ' ')) continue;
            var value = line[(line.LastIndexOf('}') + 1)..];
            if (line[Series.Length] == ' ') value = line[Series.Length..];
            value = value.Trim();
            if (value.IndexOf(' ') is > 0 and var end) value = value[..end];
            sum += double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        return (long)sum;
    }

    /// <summary>
    /// Whether there are more than before, in times of the same length. Two counts of one and the same rate differ by more than three times the root of their sum about once in seven hundred times.
    /// </summary>
    internal static bool IsStorm(long before, long after) => after - before > 3 * Math.Sqrt(before + after);
}
