using System.Runtime.InteropServices;

namespace Gateway.Load.Players.Rules;

/// <summary>What a player does about a request that failed.</summary>
/// <param name="Seconds">Until it asks again; null when it gives up for good.</param>
/// <param name="Rung">The rung it goes on with; -1 when it is not changed for the failure.</param>
/// <param name="Skips">Whether the segment is left out.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Recovery(double? Seconds, int Rung = -1, bool Skips = false)
{
    /// <summary>The player ends.</summary>
    public static Recovery None { get; } = new(null);

    /// <summary>The same again after so many seconds.</summary>
    public static Recovery In(double seconds) => new(seconds);
}
