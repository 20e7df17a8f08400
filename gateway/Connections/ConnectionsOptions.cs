using System.ComponentModel.DataAnnotations;

namespace Gateway.Connections;

/// <summary>
/// Knobs of the section <c>Gateway:Connections</c>: what one client's connection may hold in memory. A slow client holds
/// <see cref="ResponseBufferBytes"/> and no more; an idle one holds no block at all.
/// </summary>
internal sealed class ConnectionsOptions
{
    /// <summary>Unit in which connections buffer. Larger blocks mean fewer sends for a segment; Kestrel's own 4 KiB cost twice the time at 100 KB.</summary>
    [Range(4 << 10, 1 << 20)]
    public int BlockBytes { get; set; } = 64 << 10;

    /// <summary>How much of a response may wait for a client that reads slowly.</summary>
    [Range(64 << 10, 64 << 20)]
    public int ResponseBufferBytes { get; set; } = 256 << 10;

    /// <summary>Blocks kept for reuse while no connection needs them.</summary>
    [Range(0, 1 << 20)]
    public int IdleBlocks { get; set; } = 1024;
}
