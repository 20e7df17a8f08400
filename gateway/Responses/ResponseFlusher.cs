using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Gateway.Connections;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Responses;

/// <summary>
/// Flushes a response piece by piece, at the pace of its client. Over HTTP/1.1 a connection carries one response at a time, and <see cref="ClientConnections"/> sees every byte
/// that the client takes; a stream of HTTP/2 or HTTP/3 shows only that a whole flush was taken, so its flushes are smaller, and very small for a client that is slow.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct ResponseFlusher : IDisposable
{
    /// <summary>Larger sends than a quarter of a megabyte gain nothing more.</summary>
    private const int ConnectionPiece = 192 << 10;

    private const int StreamPiece = 64 << 10;

    /// <summary>One frame of HTTP/2.</summary>
    private const int SlowPiece = 16 << 10;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly HttpContext _context;
    private readonly PipeWriter _body;
    private readonly ClientConnections? _connections;
    private readonly bool _isStream;
    private SlowResponse? _slow;
    private int _piece;

    public ResponseFlusher(HttpContext context, int piece = int.MaxValue)
    {
        _context = context;
        _body = context.Response.BodyWriter;
        _isStream = !HttpProtocol.IsHttp11(context.Request.Protocol) && !HttpProtocol.IsHttp10(context.Request.Protocol);
        _connections = _isStream ? context.Features.Get<ClientConnections>() : null;
        _piece = Math.Min(piece, _isStream ? StreamPiece : ConnectionPiece);
    }

    /// <summary>Enough is written for a flush.</summary>
    public readonly bool IsDue => _body.UnflushedBytes >= _piece;

    /// <summary>Something is written that has not been flushed.</summary>
    public readonly bool HasUnflushed => _body.UnflushedBytes > 0;

    /// <summary>Starts a flush; call <see cref="Ended"/> when it has ended.</summary>
    public ValueTask<FlushResult> FlushAsync(CancellationToken leaving) => Watched(_body.FlushAsync(leaving));

    /// <summary>Starts to write and to flush a body that is there as a whole; call <see cref="Ended"/> when that has ended.</summary>
    public ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken leaving) => Watched(_body.WriteAsync(bytes, leaving));

    /// <exception cref="ConnectionAbortedException">The client left.</exception>
    public void Ended(FlushResult flushed)
    {
        if (_slow?.Moves() > Slow) _piece = Math.Min(_piece, SlowPiece);
        // The connection is known to be gone before it is told to the request.
        if (flushed.IsCompleted) throw new ConnectionAbortedException("The client left.");
    }

    public readonly void Dispose() => _slow?.Dispose();

    private ValueTask<FlushResult> Watched(ValueTask<FlushResult> flushing)
    {
        if (flushing.IsCompleted || !_isStream || _connections is null) return flushing;
        (_slow ??= _connections.Watch(_context)).Waits();
        return flushing;
    }
}
