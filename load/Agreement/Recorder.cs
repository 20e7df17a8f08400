using System.Net;
using Gateway.Load.Links;

namespace Gateway.Load.Agreement;

/// <summary>Has real players play the title over shaped links, in real time, and writes down what they did.</summary>
/// <param name="origin">Page and title.</param>
/// <param name="gateway">Address of a gateway through which the title is asked for; null for straight from the origin.</param>
/// <param name="traces">Folder of traces.</param>
/// <param name="time">The machine's clock.</param>
internal sealed class Recorder(AgreementOrigin origin, IPEndPoint? gateway, string traces, TimeProvider time)
{
    /// <summary>Smooth progress for players that measure it.</summary>
    private static readonly TimeSpan s_portion = TimeSpan.FromMilliseconds(5);

    /// <summary>Start of a browser, and patience with a machine that has other work.</summary>
    private static readonly TimeSpan s_beside = TimeSpan.FromSeconds(60);

    private int _viewers;

    /// <exception cref="TimeoutException">The page did not report.</exception>
    public async Task<Recording> RecordAsync(string player, AgreementCase @case, CancellationToken cancellation)
    {
        var link = new RealTimeBottleneck(@case.Link(traces), time, s_portion);
        // A gateway takes players of one kind behind one address for one viewer.
        var viewer = Interlocked.Increment(ref _viewers);
        var address = new IPAddress([127, 1, (byte)(viewer >> 8), (byte)viewer]);
        await using var proxy = new ShapedProxy(gateway ?? origin.EndPoint, link, time, address, isThin: true);
        var id = Guid.NewGuid().ToString("N");
        var reported = origin.Expect(id);
        var page = new Uri($"http://{origin.EndPoint}/?id={id}&player={player}&seconds={AgreementCase.Seconds}&media=http://127.0.0.1:{proxy.Port}{(gateway is null ? "" : "/play")}/title");
        await using var browser = Browser.Open(page);
        var report = await reported.WaitAsync(TimeSpan.FromSeconds(AgreementCase.Seconds) + s_beside, time, cancellation);
        return new Recording
        {
            Player = player,
            Version = report.Version,
            Case = @case,
            StartupMs = report.StartupMs,
            Stalls = report.Stalls,
            Drops = report.Drops,
            Loads = report.Loads,
            Suggestions = report.Suggestions,
            EstimatesKbps = report.EstimatesKbps,
            DownlinkMbps = report.DownlinkMbps,
            PageLagMs = report.LongestLagMs,
            LinkLagMs = (int)link.WorstLateness.TotalMilliseconds,
            Errors = report.Errors,
        };
    }
}
