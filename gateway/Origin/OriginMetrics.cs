using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Gateway.Origin;

/// <summary>Instruments of upstream requests. Tags are closed sets: purpose, outcome; never a cluster's address or a path.</summary>
internal sealed class OriginMetrics
{
    public const string MeterName = "Gateway.Origin";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _hedges;
    private readonly Counter<long> _continuations;
    private readonly Counter<long> _queued;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstByte;

    public OriginMetrics(IMeterFactory meters, DestinationCircuits circuits)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("gateway.origin.requests", description: "Exchanges with destinations that have ended, each try and each redirect by itself.");
        _retries = meter.CreateCounter<long>("gateway.origin.retries", description: "Tries after the first one; the outcome is that of the try before.");
        _hedges = meter.CreateCounter<long>("gateway.origin.hedges", description: "Second requests because the first was slow, by which of the two answered; refused when the budget was used up.");
        _continuations = meter.CreateCounter<long>("gateway.origin.continuations", description: "Bodies that broke and were to be continued by Range, by what came of it.");
        _queued = meter.CreateCounter<long>("gateway.origin.queued", description: "Requests that waited for a free place at their destination.");
        _duration = meter.CreateHistogram<double>("gateway.origin.duration", "s", "From sending a request to the last byte of its body.");
        _firstByte = meter.CreateHistogram<double>("gateway.origin.first_byte", "s", "From sending a request to its response head.");
        meter.CreateObservableGauge("gateway.origin.circuit_open", circuits.CountOpen, description: "Destinations whose circuit is open now.");
    }

    public void Ended(FetchPurpose purpose, ExchangeOutcome outcome, TimeSpan duration)
    {
        var tags = new TagList { { "purpose", Label(purpose) }, { "outcome", Label(outcome) } };
        _requests.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    public void Answered(FetchPurpose purpose, TimeSpan firstByte) => _firstByte.Record(firstByte.TotalSeconds, new TagList { { "purpose", Label(purpose) } });

    public void Retried(FetchPurpose purpose, ExchangeOutcome before) =>
        _retries.Add(1, new TagList { { "purpose", Label(purpose) }, { "outcome", Label(before) } });

    public void Hedged(FetchPurpose purpose, HedgeOutcome outcome) => _hedges.Add(1, new TagList { { "purpose", Label(purpose) }, { "outcome", Label(outcome) } });

    public void Queued(FetchPurpose purpose) => _queued.Add(1, new TagList { { "purpose", Label(purpose) } });

    public void Continued(FetchPurpose purpose, ContinuationOutcome outcome) => _continuations.Add(1, new TagList { { "purpose", Label(purpose) }, { "outcome", Label(outcome) } });

    public static string Label(FetchPurpose purpose) => purpose switch
    {
        FetchPurpose.Demand => "demand",
        FetchPurpose.Prefetch => "prefetch",
        _ => "manifest",
    };

    private static string Label(HedgeOutcome outcome) => outcome switch
    {
        HedgeOutcome.First => "first",
        HedgeOutcome.Second => "second",
        HedgeOutcome.Neither => "neither",
        _ => "refused",
    };

    private static string Label(ContinuationOutcome outcome) => outcome switch
    {
        ContinuationOutcome.Continued => "continued",
        ContinuationOutcome.Other => "other_version",
        _ => "given_up",
    };

    public static string Label(ExchangeOutcome outcome) => outcome switch
    {
        ExchangeOutcome.Ok => "ok",
        ExchangeOutcome.NotModified => "not_modified",
        ExchangeOutcome.Redirect => "redirect",
        ExchangeOutcome.ClientError => "client_error",
        ExchangeOutcome.ServerError => "server_error",
        ExchangeOutcome.Unreachable => "unreachable",
        ExchangeOutcome.TimedOut => "timed_out",
        ExchangeOutcome.TooSlow => "too_slow",
        ExchangeOutcome.Cut => "cut",
        ExchangeOutcome.Protocol => "protocol",
        ExchangeOutcome.CircuitOpen => "circuit_open",
        ExchangeOutcome.NoDestination => "no_destination",
        _ => "cancelled",
    };
}
