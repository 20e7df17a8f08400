using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Gateway.Telemetry;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// One request to one destination and its outcome: a response whose body can be read, or the reason why there is none. It is in
/// flight (for load balancing, the connection, the time limits) until it is disposed, and is recorded exactly once, with its last known
/// outcome.
/// </summary>
/// <remarks>Used by one flow of control; only <see cref="Dispose"/> may come twice.</remarks>
internal sealed class Exchange : IDisposable
{
    private readonly ExchangeRecorder? _recorder;
    private readonly Activity? _span;
    private int _ended;
    private bool _wasConnected = true;

    public Exchange(FetchPurpose purpose, ClusterState cluster, DestinationState destination, CancellationTokenSource limits, ExchangeRecorder recorder)
    {
        _recorder = recorder;
        Purpose = purpose;
        Cluster = cluster;
        Destination = destination;
        Limits = limits;
        Started = recorder.Now;
        recorder.Open(destination);
        _span = GatewayTrace.OriginAttempt(cluster.ClusterId, OriginMetrics.Label(purpose));
    }

    private Exchange(OriginFailure failure) => Fail(failure);

    public FetchPurpose Purpose { get; }

    public ClusterState? Cluster { get; }

    public DestinationState? Destination { get; }

    /// <summary>Title of the request, as the destination's circuit counts it.</summary>
    public string Title { get; init; } = "";

    /// <summary>Upstream is meant to hold the request: how long it takes tells nothing.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Cancelled when the caller leaves before the head, and by the time limits; by nothing else.</summary>
    public CancellationTokenSource? Limits { get; }

    /// <summary>Gives the place at the destination back.</summary>
    public Action<DestinationState>? Left { get; init; }

    public long Started { get; }

    /// <summary>URL of the request; after a redirect as the redirect spelled it.</summary>
    public string Url { get; set; } = "";

    public OriginFailure? Failure { get; private set; }

    public HttpResponseMessage? Response { get; private set; }

    [MemberNotNullWhen(true, nameof(Response), nameof(Cluster), nameof(Destination), nameof(Limits))]
    public bool Answered => Response is not null;

    public int Status => Response is null ? 0 : (int)Response.StatusCode;

    /// <summary>The outcome so far.</summary>
    public ExchangeOutcome Outcome { get; private set; } = ExchangeOutcome.Cancelled;

    /// <summary>The origin's <c>Retry-After</c>, if it sends one.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    /// <summary>
    /// Evidence for the destination's health. 500 is a working origin's status for one resource, and 503 with Retry-After that of one that is busy.
    /// </summary>
    public ExchangeEvidence Evidence => Failure switch
    {
        OriginFailure.Unreachable when !_wasConnected => ExchangeEvidence.NoConnection,
        OriginFailure.Unreachable or OriginFailure.TimedOut or OriginFailure.Protocol => ExchangeEvidence.Broken,
        null when Status is 502 or 504 || (Status == 503 && RetryAfter is null) => ExchangeEvidence.Failed,
        null when Answered => Status < 400 ? ExchangeEvidence.Served : ExchangeEvidence.Alive,
        _ => ExchangeEvidence.None,
    };

    /// <summary>Another destination of the cluster may be used, and this fetch has not tried it.</summary>
    public bool HasAlternative { get; set; }

    /// <summary>The fetch went on elsewhere before the destination's time was up: it was slow, which is no proof that it is broken.</summary>
    public bool WasLeft { get; set; }

    /// <summary>So many requests for this title have failed at this destination that a retry is not worth it.</summary>
    public bool IsHopeless { get; set; }

    /// <summary>Whether a retry may help: connect errors, resets, timeouts, 408, 429, 5xx.</summary>
    public bool IsWorthRetrying => !IsHopeless && Failure switch
    {
        OriginFailure.Unreachable or OriginFailure.TimedOut or OriginFailure.Protocol => true,
        null => Status is 408 or 429 or >= 500,
        _ => false,
    };

    /// <summary>No request was sent.</summary>
    public static Exchange Failed(OriginFailure failure) => new(failure);

    public void Answer(HttpResponseMessage response, TimeSpan? retryAfter)
    {
        Response = response;
        RetryAfter = retryAfter;
        _recorder!.Answered(this);
    }

    /// <param name="wasConnected">The failure happened on an established connection.</param>
    public void Fail(OriginFailure failure, bool wasConnected = true)
    {
        _wasConnected = wasConnected;
        Failure = failure;
        Outcome = failure switch
        {
            OriginFailure.TimedOut => ExchangeOutcome.TimedOut,
            OriginFailure.Protocol => ExchangeOutcome.Protocol,
            OriginFailure.Cancelled or OriginFailure.Stopping => ExchangeOutcome.Cancelled,
            OriginFailure.CircuitOpen => ExchangeOutcome.CircuitOpen,
            OriginFailure.NoCluster or OriginFailure.NoDestination => ExchangeOutcome.NoDestination,
            OriginFailure.BadRedirect => ExchangeOutcome.Redirect,
            _ => ExchangeOutcome.Unreachable,
        };
    }

    /// <summary>Records that the body broke, or was read to its end; without this call <see cref="Dispose"/> records that the caller left early.</summary>
    public void BodyEnded(ExchangeOutcome? broken = null) => Outcome = broken ?? Status switch
    {
        304 => ExchangeOutcome.NotModified,
        < 300 => ExchangeOutcome.Ok,
        < 400 => ExchangeOutcome.Redirect,
        < 500 => ExchangeOutcome.ClientError,
        _ => ExchangeOutcome.ServerError,
    };

    public void Dispose()
    {
        if (_recorder is null || Interlocked.Exchange(ref _ended, 1) != 0) return;
        Response?.Dispose();
        Limits!.Dispose();
        Left?.Invoke(Destination!);
        _recorder.Close(this);
        _span.Ended(OriginMetrics.Label(Outcome), failed: Outcome is > ExchangeOutcome.ClientError and not ExchangeOutcome.Cancelled);
        _span?.Dispose();
    }
}
