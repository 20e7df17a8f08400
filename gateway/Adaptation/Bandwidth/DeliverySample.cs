using System.Runtime.InteropServices;

namespace Gateway.Adaptation.Bandwidth;

/// <summary>
/// A stretch of a body's delivery: bytes that the client took, and when. Bodies of some length are told in several stretches while they run, so that a line that stops is seen before
/// the body ends. Stretches of a session come in the order of their ends; those of two bodies may overlap.
/// </summary>
/// <param name="Bytes">Taken by the client, not merely copied into a socket: a body that fits into the send buffer is <see cref="IsBuffered"/>.</param>
/// <param name="From">When the stretch began, by the clock of <see cref="MediaDemand.At"/>.</param>
/// <param name="At">When it ended.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DeliverySample(long Bytes, TimeSpan From, TimeSpan At)
{
    /// <summary>Went into a kernel's buffer at once, so that it tells of our own speed and not of the line's.</summary>
    public bool IsBuffered { get; init; }

    /// <summary>The sender kept to a pace and was not held up by the line: the line may carry more.</summary>
    public bool IsPaced { get; init; }

    /// <summary>Time within the stretch in which there was something to send (TCP_INFO tcpi_busy_time); null = all of it.</summary>
    public TimeSpan? Busy { get; init; }

    /// <summary>The last stretch of a body that came whole.</summary>
    public bool IsLast { get; init; }

    /// <summary>In which the line had something to carry.</summary>
    public TimeSpan Duration => Busy is { } busy && busy < At - From ? busy : At - From;
}
