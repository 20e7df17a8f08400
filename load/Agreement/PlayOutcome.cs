using System.Globalization;

namespace Gateway.Load.Agreement;

/// <summary>What of one play is compared: start-up, stalls, and which rung each segment was had at in the end.</summary>
internal sealed record PlayOutcome
{
    /// <summary>Null when there was no picture.</summary>
    public int? StartupMs { get; init; }

    public int Stalls { get; init; }

    public int StalledMs { get; init; }

    /// <summary>By segment: the rung of the last complete load, and when that ended. What was given up or replaced does not count, for nobody saw it.</summary>
    public required IReadOnlyDictionary<int, (int Rung, int EndedMs)> Segments { get; init; }

    /// <summary>All requests for media, in the order in which they were sent.</summary>
    public IReadOnlyList<RecordedLoad> Loads { get; init; } = [];

    /// <summary>Of a real player.</summary>
    public static PlayOutcome Of(Recording recording)
    {
        var segments = new Dictionary<int, (int, int)>();
        foreach (var load in recording.Loads.Where(l => l.Path[0] == 'v' && l.Bytes == AgreementTitle.BytesOf(l.Path)).OrderBy(l => l.EndedMs))
        {
            if (TryReadSegment(load.Path, out var rung, out var segment)) segments[segment] = (rung, load.EndedMs);
        }

        return new PlayOutcome
        {
            StartupMs = recording.StartupMs,
            Stalls = recording.Stalls.Length,
            StalledMs = recording.Stalls.Sum(s => s.LastedMs),
            Segments = segments,
            Loads = [.. recording.Loads.Where(l => AgreementTitle.BytesOf(l.Path) > AgreementTitle.InitBytes)],
        };
    }

    /// <summary>Reads <c>v2/seg_00017.m4s</c>; false for audio and initialisation.</summary>
    private static bool TryReadSegment(string path, out int rung, out int segment)
    {
        (rung, segment) = (path[1] - '0', 0);
        return path.Length == "v0/seg_00000.m4s".Length && int.TryParse(path.AsSpan("v0/seg_".Length, 5), NumberStyles.None, CultureInfo.InvariantCulture, out segment);
    }
}
