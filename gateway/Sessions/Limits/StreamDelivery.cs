using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Limits;

/// <summary>
/// One media response under way to a user with a stream limit. Any thread can cut it until it is over; a cut response must not look complete, so its connection has to be
/// aborted. Only the caller that began it ends it.
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
            // Callbacks run elsewhere: not under this lock, and not on the thread of the session that takes over.
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
