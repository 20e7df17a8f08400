using System.Runtime.InteropServices;

namespace Gateway.Connections;

/// <summary>What the system counts of one TCP connection (tcp(7), <c>TCP_INFO</c>) as far as it says how fast its client takes what is sent.</summary>
/// <param name="Acknowledged">Bytes that the other end has acknowledged since the connection began (<c>tcpi_bytes_acked</c>, Linux 4.1).</param>
/// <param name="Busy">Time since the connection began in which something was waiting to be sent or acknowledged (<c>tcpi_busy_time</c>, Linux 4.9); zero where the system does not tell.</param>
/// <param name="Rtt">Smoothed round-trip time (<c>tcpi_rtt</c>).</param>
/// <param name="Rate">
/// The latest delivery rate over a round trip in bytes a second (<c>tcpi_delivery_rate</c>); 0 where the sender's own silence limited it, or the system does not tell.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TcpReading(long Acknowledged, TimeSpan Busy, TimeSpan Rtt, long Rate)
{
    /// <summary>8 bytes of states, 24 counters of 32 bits, two pacing rates of 64 bits.</summary>
    public const int AcknowledgedAt = 8 + 24 * 4 + 2 * 8;

    private const int AppLimitedAt = 7;
    private const int RttAt = 68;
    private const int RateAt = 160;
    private const int BusyAt = 168;

    /// <summary>As much of the structure as is read here.</summary>
    public const int Size = BusyAt + sizeof(long);

    /// <param name="info">At least up to the acknowledged bytes; older systems fill less than newer ones.</param>
    public static TcpReading Of(ReadOnlySpan<byte> info)
    {
        var tellsRate = info.Length >= Size && (info[AppLimitedAt] & 1) == 0;
        return new TcpReading(
            MemoryMarshal.Read<long>(info[AcknowledgedAt..]),
            info.Length >= Size ? TimeSpan.FromMicroseconds(MemoryMarshal.Read<long>(info[BusyAt..])) : TimeSpan.Zero,
            TimeSpan.FromMicroseconds(MemoryMarshal.Read<uint>(info[RttAt..])),
            tellsRate ? MemoryMarshal.Read<long>(info[RateAt..]) : 0);
    }
}
