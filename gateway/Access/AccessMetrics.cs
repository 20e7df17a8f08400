using System.Diagnostics.Metrics;

namespace Gateway.Access;

/// <summary>Meter <c>Gateway.Access</c>.</summary>
internal sealed class AccessMetrics
{
    public const string MeterName = "Gateway.Access";

    private readonly Counter<long> _denied;

    public AccessMetrics(IMeterFactory meters)
    {
        _denied = meters.Create(MeterName).CreateCounter<long>("gateway.access.denied", description: "Requests that were refused access, by reason.");
        foreach (var denial in Enum.GetValues<AccessDenial>())
        {
            if (denial != AccessDenial.None) Add(denial, 0);
        }
    }

    public void Denied(AccessDenial denial) => Add(denial, 1);

    private void Add(AccessDenial denial, long count) => _denied.Add(count, new KeyValuePair<string, object?>("reason", AccessDenials.ReasonOf(denial)));
}
