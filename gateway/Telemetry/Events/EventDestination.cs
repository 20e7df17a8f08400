namespace Gateway.Telemetry.Events;

/// <summary>Where event lines go.</summary>
public enum EventDestination
{
    /// <summary>Nowhere.</summary>
    Off,

    /// <summary>Standard output.</summary>
    Console,

    /// <summary>Only the file, when one is named.</summary>
    File,

    /// <summary>Standard output and, when one is named, the file.</summary>
    Both,
}
