using System.Runtime.InteropServices;
using Gateway.Load.Links;

namespace Gateway.Load.Players;

/// <summary>One media request that is over, as rule comparisons and first-byte histograms want it.</summary>
/// <param name="Player">Ordinal.</param>
/// <param name="IsVideo">Video, or muxed; else audio.</param>
/// <param name="Sequence">Media Sequence Number or segment number.</param>
/// <param name="Start">Media time.</param>
/// <param name="Duration">Media time.</param>
/// <param name="Rung">From the lowest, 0; of audio among the audio renditions of the same language.</param>
/// <param name="Kbps">Declared rate of the rung.</param>
/// <param name="SentAt">By the run's clock.</param>
/// <param name="BeganAt">First byte; null when none came.</param>
/// <param name="EndedAt">By the run's clock.</param>
/// <param name="Bytes">Body.</param>
/// <param name="Kind">Init, segment or part.</param>
/// <param name="End">How it ended; <see cref="TransferEnd.Cancelled"/> for what an abandon rule stopped.</param>
/// <param name="Status">HTTP status; 0 without a head.</param>
/// <param name="ServedFrom">X-Served-From; null where not told.</param>
/// <param name="IsTrue">Whether number and content of its bytes are the title's; null where nothing is known of them.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmentLoad(
    int Player,
    bool IsVideo,
    long Sequence,
    TimeSpan Start,
    TimeSpan Duration,
    int Rung,
    int Kbps,
    TimeSpan SentAt,
    TimeSpan? BeganAt,
    TimeSpan EndedAt,
    long Bytes,
    TransferKind Kind,
    TransferEnd End,
    int Status,
    string? ServedFrom,
    bool? IsTrue);
