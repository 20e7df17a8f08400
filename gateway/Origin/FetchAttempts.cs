using Gateway.Media;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>State shared by all tries of one fetch: the request, the time left, and the destinations tried.</summary>
/// <remarks>With hedging two tries run at once; both write only the lists of destinations, under one lock.</remarks>
internal sealed class FetchAttempts
{
    private readonly TimeProvider _time;
    private readonly OriginOptions _options;
    private readonly List<DestinationState> _tried = [];
    private readonly List<DestinationState> _underWay = [];
    private readonly long _started;
    private int _tries;
    private bool _again;

    public FetchAttempts(OriginRequest request, MediaAddress address, OriginOptions options, TimeProvider time)
    {
        Request = request;
        Address = address;
        _options = options;
        _time = time;
        _started = time.GetTimestamp();
    }

    public OriginRequest Request { get; }

    /// <summary>The request's address in its wire form, with which every try begins.</summary>
    public MediaAddress Address { get; }

    /// <summary>HEAD where it was requested, until an origin refuses it.</summary>
    public HttpMethod Method { get; set; } = HttpMethod.Get;

    public int Tries => Volatile.Read(ref _tries);

    /// <summary>
    /// Time left of the budget. A blocking playlist request, which upstream is meant to hold, gets its own limit on top: the budget is
    /// for failures.
    /// </summary>
    public TimeSpan Remaining => _options.TimeBudget + (Request.FirstByteLimit ?? TimeSpan.Zero) - _time.GetElapsedTime(_started);

    public DestinationState[] Tried
    {
        get
        {
            lock (_tried) return _tried.Count == 0 ? [] : [.. _tried];
        }
    }

    /// <summary>Destinations that have been asked and have neither answered nor failed: with a hedge, the one that is late.</summary>
    public DestinationState[] UnderWay
    {
        get
        {
            lock (_tried) return _underWay.Count == 0 ? [] : [.. _underWay];
        }
    }

    /// <summary>Records a failed try, before the wait for the next one.</summary>
    public void WillTryAgain() => Volatile.Write(ref _again, true);

    /// <summary>False when nobody wants the response any more: then there is no retry. (A hedge is no further try: it only helps the one under way.)</summary>
    public bool TryBeginTry()
    {
        if (Interlocked.Exchange(ref _again, false) && Request.GivesUp?.Invoke() == true) return false;
        Interlocked.Increment(ref _tries);
        return true;
    }

    public void Asks(DestinationState destination)
    {
        lock (_tried)
        {
            _tried.Add(destination);
            _underWay.Add(destination);
        }
    }

    /// <summary>An answer came, or none will.</summary>
    public void Ended(DestinationState destination)
    {
        lock (_tried) _underWay.Remove(destination);
    }

    /// <summary>How long the next exchange may take to its head.</summary>
    public TimeSpan LimitFor(ClusterState cluster)
    {
        var limit = Request.FirstByteLimit ?? cluster.Model.Config.HttpRequest?.ActivityTimeout ?? _options.FirstByteTimeout;
        var remaining = Remaining;
        return limit < remaining ? limit : remaining;
    }
}
