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
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstByte;

    public OriginMetrics(IMeterFactory meters, DestinationCircuits circuits)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("gateway.origin.requests", description: "Exchanges with destinations that have ended, each try and each redirect by itself.");
        _retries = meter.CreateCounter<long>("gateway.origin.retries", description: "Tries after the first one; the outcome is that of the try before.");
        _hedges = meter.CreateCounter<long>("gateway.origin.hedges", description: "Second destinations asked because the first was slow.");
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

    public void Hedged(FetchPurpose purpose) => _hedges.Add(1, new TagList { { "purpose", Label(purpose) } });

    public static string Label(FetchPurpose purpose) => purpose switch
    {
        FetchPurpose.Demand => "demand",
        FetchPurpose.Prefetch => "prefetch",
        _ => "manifest",
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
