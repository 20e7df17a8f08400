using System.Diagnostics.CodeAnalysis;

namespace Gateway.Origin;

/// <summary>
/// The reply to one <see cref="OriginRequest"/>: a head and a body that is read once, by one reader; or a failure and nothing else.
/// Disposing it before the body's end aborts the exchange with upstream.
/// </summary>
internal sealed class OriginReply : IAsyncDisposable
{
    private readonly Stream _body;
    private readonly IDisposable? _exchange;

    /// <param name="head">Upstream's response head, hop-by-hop fields removed.</param>
    /// <param name="finalUrl">Absolute URL after redirects: the base of the references in the body.</param>
    /// <param name="length">Length of this body in bytes, when upstream declared it.</param>
    /// <param name="body">Ends at the body's end; throws <see cref="OriginBrokenException"/> (or an I/O error, which <see cref="ReadAsync"/> translates) when it breaks.</param>
    /// <param name="exchange">Disposed with the reply.</param>
    public OriginReply(ResponseHead head, string finalUrl, long? length, Stream body, IDisposable? exchange = null)
    {
        Head = head;
        FinalUrl = finalUrl;
        Length = length;
        _body = body;
        _exchange = exchange;
    }

    private OriginReply(OriginFailure failure)
    {
        Failure = failure;
        FinalUrl = string.Empty;
        _body = Stream.Null;
    }

    /// <summary>Why there is no response; null when there is one.</summary>
    public OriginFailure? Failure { get; }

    /// <summary>Null exactly when <see cref="Failure"/> is set.</summary>
    public ResponseHead? Head { get; }

    public string FinalUrl { get; }

    public long? Length { get; }

    [MemberNotNullWhen(false, nameof(Failure))]
    [MemberNotNullWhen(true, nameof(Head))]
    public bool Answered => Failure is null;

    /// <summary>Requests sent upstream for this reply.</summary>
    public int Tries { get; init; } = 1;

    /// <summary>Another gateway has the object and gives it at any time: it need not be stored here as well.</summary>
    public bool IsHeldByPeer { get; set; }

    /// <summary>Another gateway gave it: it tells nothing about upstream.</summary>
    public bool IsFromPeer { get; set; }

    public static OriginReply Failed(OriginFailure failure, int tries = 1) => new(failure) { Tries = tries };

    /// <summary>The same reply under another URL; this one is used up.</summary>
    public OriginReply At(string finalUrl) => Answered ? new OriginReply(Head, finalUrl, Length, _body, _exchange) { Tries = Tries } : this;

    /// <summary>The same reply with another head, under another URL; this one is used up.</summary>
    public OriginReply As(ResponseHead head, string finalUrl) => new(head, finalUrl, Length, _body, _exchange) { Tries = Tries };

    /// <summary>Next bytes of the body; 0 at its proper end.</summary>
    /// <exception cref="OriginBrokenException">The body broke off: the bytes read so far are not the whole.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await _body.ReadAsync(buffer, cancellation);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new OriginBrokenException(OriginFailure.Cut, "The upstream body broke off before its end.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _body.DisposeAsync();
        _exchange?.Dispose();
    }
}
