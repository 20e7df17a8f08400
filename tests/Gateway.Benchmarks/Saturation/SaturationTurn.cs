using Gateway.Benchmarks.Hits;

namespace Gateway.Benchmarks.Saturation;

/// <summary>One turn of full load.</summary>
/// <param name="Requests">Answered.</param>
/// <param name="Took">How long it lasted.</param>
/// <param name="Server">What the gateway used.</param>
/// <param name="Client">Processor time of the client, which shares the machine.</param>
/// <param name="Median">Half of the answers took no longer, in milliseconds.</param>
/// <param name="Late">99 of a hundred took no longer.</param>
/// <param name="Resident">The gateway's resident memory at the end, in MiB.</param>
internal sealed record SaturationTurn(int Requests, TimeSpan Took, HitCounters Server, TimeSpan Client, double Median, double Late, double Resident)
{
    public double Rate => Requests / Took.TotalSeconds;

    public double ServerMicros => Server.Processor.TotalMicroseconds / Requests;

    public double ClientMicros => Client.TotalMicroseconds / Requests;

    /// <summary>Requests for a second of processor time, the client's and the gateway's: what other work on the machine does not take.</summary>
    public double PerProcessorSecond => Requests / (Server.Processor + Client).TotalSeconds;

    public double ContendedInAThousand => Server.Contended * 1000 / Requests;

    public double PausedShare => Server.Paused / Took.TotalSeconds;
}
