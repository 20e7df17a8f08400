using System.Runtime.InteropServices;

namespace Gateway.Connections;

/// <summary>What one client took over a while.</summary>
/// <param name="Bytes">Taken by the client, as far as that can be known.</param>
/// <param name="Busy">Time in which something was on the way to it.</param>
/// <param name="Within">Time over which that was observed, ending now; with responses side by side on several connections, these times overlap.</param>
/// <param name="Rtt">Smoothed round-trip time; zero where it is not known.</param>
/// <param name="Rate">The network's own latest measurement over a round trip in bytes a second; 0 for none.</param>
/// <param name="IsHeldBack">The gateway itself slowed it: the line may be faster.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DeliveryReading(long Bytes, TimeSpan Busy, TimeSpan Within, TimeSpan Rtt, long Rate, bool IsHeldBack);
