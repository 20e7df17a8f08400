using System.Diagnostics.Metrics;

namespace Gateway.Access;

/// <summary>Meter <c>Gateway.Access</c>.</summary>
internal sealed class AccessMetrics
{
    public const string MeterName = "Gateway.Access";

    private readonly Counter<long> _denied;

    public AccessMetrics(IMeterFactory meters) =>
        _denied = meters.Create(MeterName).CreateCounter<long>("gateway.access.denied", description: "Requests that were not let in, by reason.");

    public void Denied(AccessDenial denial) => _denied.Add(1, new KeyValuePair<string, object?>("reason", AccessDenials.ReasonOf(denial)));
}
