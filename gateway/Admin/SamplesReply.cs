using System.Text.Json;
using Gateway.Telemetry.Samples;

namespace Gateway.Admin;

/// <summary>The figures of the last 15 minutes, column by column: <c>GET /admin/samples</c>.</summary>
/// <param name="EverySec">Seconds between two samples.</param>
/// <param name="KeptSec">How far back they go, in seconds.</param>
/// <param name="At">When each was taken; oldest first.</param>
/// <param name="Figures">Each figure's values, one for each moment; null where there was nothing to measure.</param>
internal sealed record SamplesReply(double EverySec, double KeptSec, DateTimeOffset[] At, Dictionary<string, double?[]> Figures)
{
    /// <param name="ring">The samples.</param>
    /// <param name="since">Only later ones.</param>
    public static SamplesReply Of(SampleRing ring, DateTimeOffset since)
    {
        var at = ring.Read(since, out var rows);
        var columns = new Dictionary<string, double?[]>(StringComparer.Ordinal);
        foreach (var figure in Enum.GetValues<Figure>())
        {
            var column = new double?[at.Length];
            for (var i = 0; i < column.Length; i++) column[i] = rows[(i * SampleRing.Figures) + (int)figure] is var value && double.IsFinite(value) ? Math.Round(value, 4) : null;
            columns[JsonNamingPolicy.CamelCase.ConvertName(figure.ToString())] = column;
        }

        return new SamplesReply(SampleRing.Every.TotalSeconds, SampleRing.Kept.TotalSeconds, at, columns);
    }
}
