using System.Collections.Frozen;

namespace TranscoderStub.Faults;

/// <summary>Every kind of fault by its name.</summary>
internal static class FaultKinds
{
    private static readonly FrozenDictionary<string, Kind> s_kinds = new Dictionary<string, Kind>(StringComparer.Ordinal)
    {
        ["latency"] = new(nameof(FaultRule.Milliseconds), r => r.Milliseconds >= 0, (r, t) => new LatencyFault(TimeSpan.FromMilliseconds(r.Milliseconds!.Value), t)),
        ["throttle"] = new(nameof(FaultRule.BytesPerSecond), r => r.BytesPerSecond > 0, (r, t) => new ThrottleFault(r.BytesPerSecond!.Value, t)),
        ["status"] = new(nameof(FaultRule.Status), r => r.Status is >= 200 and <= 599, (r, _) => new StatusFault(r.Status!.Value)),
        ["cut"] = new(nameof(FaultRule.AfterBytes), r => r.AfterBytes >= 0, (r, _) => new CutFault(r.AfterBytes!.Value)),
        ["silence"] = new("nothing", _ => true, (_, _) => new SilenceFault()),
        ["type"] = new(nameof(FaultRule.ContentType), r => r.ContentType is not null, (r, _) => new TypeFault(r.ContentType!)),
        ["body"] = new(nameof(FaultRule.Body), r => r.Body is not null, (r, _) => new BodyFault(r.Body!, r.ContentType)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Makes the fault, or says in <paramref name="refusal"/> what the rule lacks.</summary>
    public static IFault? Make(FaultRule rule, TimeProvider time, out string? refusal)
    {
        refusal = null;
        if (!s_kinds.TryGetValue(rule.Kind, out var kind))
            refusal = $"There is no fault '{rule.Kind}'; there are {string.Join(", ", s_kinds.Keys.Order(StringComparer.Ordinal))}.";
        else if (!kind.Complete(rule))
            refusal = $"Fault '{rule.Kind}' needs a sound value for '{kind.Needs}'.";
        else if (rule.Times < 1)
            refusal = "A fault happens at least once: 'Times' is 1 or more, or absent.";
        return refusal is null ? kind!.Make(rule, time) : null;
    }

    private sealed record Kind(string Needs, Func<FaultRule, bool> Complete, Func<FaultRule, TimeProvider, IFault> Make);
}
