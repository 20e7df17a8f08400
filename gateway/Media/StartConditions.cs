namespace Gateway.Media;

/// <summary>
/// What is known of the one who asks for a title, for the case that it has to be made first: for whom it is begun, and where. No part of what is cached: everybody who asks meanwhile
/// shares the first one's start.
/// </summary>
/// <param name="Household">The client's address range of one household; 0 for the gateway itself.</param>
/// <param name="Network">The client's address range of one network.</param>
internal sealed record StartConditions(UInt128 Household, UInt128 Network)
{
    /// <summary>Claims of clients are bounded: 10 Gbit/s.</summary>
    private const int MostKbps = 10_000_000;

    private const double MostSeconds = 7 * 24 * 3600;

    /// <summary>The line as the player or the gateway measured it, no more than the viewer may have, kbit/s; null where it is not known.</summary>
    public int? BandwidthKbps { get; private init; }

    /// <summary>The title that the session plays, for files whose address does not name it; null where the address does.</summary>
    public string? MediaId { get; init; }

    /// <summary>How much that line varies, as far as it is within the limit, kbit/s; null where the gateway has not measured it.</summary>
    public int? JitterKbps { get; private init; }

    /// <summary>Where playback begins, seconds.</summary>
    public double PositionSec { get; private init; }

    /// <summary>The same with a line and a position, as far as they are known.</summary>
    /// <param name="kbps">The line; null or 0 for unknown.</param>
    /// <param name="jitterKbps">Difference of its fastest and slowest moment; null for unknown.</param>
    /// <param name="capKbps">What the viewer may have; 0 = no limit.</param>
    /// <param name="positionSec">Where playback begins.</param>
    public StartConditions With(double? kbps, double? jitterKbps, int capKbps, double positionSec)
    {
        var position = Math.Clamp(positionSec, 0, MostSeconds);
        if (kbps is not >= 1) return this with { BandwidthKbps = null, JitterKbps = null, PositionSec = position };
        var line = Math.Min(kbps.Value, MostKbps);
        var usable = capKbps > 0 ? Math.Min(line, capKbps) : line;

        // What the line has above the limit takes up its swings first: of 20 Mbit/s ± 5 and a limit of 3, nothing is left to fear.
        var swing = jitterKbps is >= 0 and var jitter ? (int)Math.Clamp(jitter - (line - usable), 0, MostKbps) : (int?)null;
        return this with { BandwidthKbps = (int)usable, JitterKbps = swing, PositionSec = position };
    }
}
