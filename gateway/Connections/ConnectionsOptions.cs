using System.ComponentModel.DataAnnotations;

namespace Gateway.Connections;

/// <summary>
/// Knobs of the section <c>Gateway:Connections</c>: what clients' connections may hold in memory, and how long. A slow client holds
/// <see cref="ResponseBufferBytes"/> (twice that with TLS) and no more, an idle one no block at all, all together <see cref="MaxBytes"/>.
/// </summary>
internal sealed class ConnectionsOptions
{
    /// <summary>Unit in which clients' connections buffer. Larger blocks mean fewer sends for a segment; Kestrel's own 4 KiB cost twice the time at 100 KB.</summary>
    [Range(4 << 10, 1 << 20)]
    public int BlockBytes { get; set; } = 64 << 10;

    /// <summary>How much of a response may wait for a client that reads slowly.</summary>
    [Range(64 << 10, 64 << 20)]
    public int ResponseBufferBytes { get; set; } = 256 << 10;

    /// <summary>
    /// Clients' TCP connections are the gateway's own, on Linux: a request runs on the thread that waited for its socket, and cached blocks go to the socket from where they lie, without a copy (HTTP/1.1, with TLS and without). False has the server's own
    /// transport receive and send, as everywhere else.
    /// </summary>
    public bool LendBlocks { get; set; } = true;

    /// <summary>Blocks kept for reuse while no connection needs them, beside the one that each core keeps.</summary>
    [Range(0, 1 << 20)]
    public int IdleBlocks { get; set; } = 1024;

    /// <summary>
    /// A client that takes not a single byte of what waits for it is cut after so long (<c>gateway_connections_cut_total{reason="stalled"}</c>): a pause, a tunnel, a hand-over between networks are shorter. However slowly it
    /// takes something, it is not cut, unless memory is critically short: then those that hold some for ten seconds and more go, slowest first (<c>reason="memory"</c>).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan StalledClient { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Most bytes that all connections hold together (<c>gateway_connections_memory_bytes</c>); above it those are cut that hold some and take it slowest. 0 = a quarter of what this process may use.</summary>
    [Range(0, 1L << 50)]
    public long MaxBytes { get; set; }

    /// <summary>Most connections at once, further ones are closed; 0 = one for each 16 KiB of <see cref="MaxBytes"/>, which is more than an idle one costs, and no more than three quarters of the files that the process may have open, nor all but 512 of them.</summary>
    [Range(0, 1 << 24)]
    public int MaxConnections { get; set; }
}
