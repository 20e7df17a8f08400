using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Limits;

/// <summary>
/// One answer with media on its way to a user who has a limit. It can be cut from any thread, until it is over; what was cut must not look whole, so its connection is to be
/// aborted. Only who began it ends it.
/// </summary>
internal sealed class StreamDelivery
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _source;
    private bool _isOver;

    public StreamDelivery(SessionState session, CancellationToken leaving)
    {
        Session = session;
        _source = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        Token = _source.Token;
    }

    public SessionState Session { get; }

    /// <summary>The client left, or the delivery was cut.</summary>
    public CancellationToken Token { get; }

    public bool IsCut { get; private set; }

    /// <summary>Its place went to another session, or its session ended.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            if (_isOver || IsCut) return;
            IsCut = true;
            // Whoever listens runs elsewhere: not under this lock, and not on the thread of the session that takes over.
            _ = _source.CancelAsync();
        }
    }

    /// <summary>Nothing cuts it any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isOver = true;
            // One that is being cut is still at work; nothing of it outlives the request's own token.
            if (!IsCut) _source.Dispose();
        }
    }
}
