using System.Collections.Frozen;

namespace TranscoderStub.Faults;

/// <summary>Every kind of fault by its name.</summary>
internal static class FaultKinds
{
    private const int LongestText = 2000, LongestBody = 3 << 19;

    private static readonly FrozenDictionary<string, Kind> s_kinds = new Dictionary<string, Kind>(StringComparer.Ordinal)
    {
        ["latency"] = new(nameof(FaultRule.Milliseconds), r => r.Milliseconds >= 0, (r, t) => new LatencyFault(TimeSpan.FromMilliseconds(r.Milliseconds!.Value), t)),
        ["throttle"] = new(nameof(FaultRule.BytesPerSecond), r => r.BytesPerSecond > 0, (r, t) => new ThrottleFault(r.BytesPerSecond!.Value, t)),
        ["status"] = new(nameof(FaultRule.Status), r => r.Status is >= 200 and <= 599, (r, _) => new StatusFault(r.Status!.Value)),
        ["cut"] = new(nameof(FaultRule.AfterBytes), r => r.AfterBytes >= 0, (r, _) => new CutFault(r.AfterBytes!.Value)),
        ["silence"] = new("nothing", _ => true, (_, _) => new SilenceFault()),
        ["cap"] = new(nameof(FaultRule.BytesPerSecond), r => r.BytesPerSecond > 0, (r, t) => new CapFault(r.BytesPerSecond!.Value, t)),
        ["stall"] = new(nameof(FaultRule.AfterBytes), r => r.AfterBytes >= 0 && r.Milliseconds is (null or >= 0),
            (r, t) => new StallFault(r.AfterBytes!.Value, r.Milliseconds is { } pause ? TimeSpan.FromMilliseconds(pause) : Timeout.InfiniteTimeSpan, t)),
        ["reset"] = new(nameof(FaultRule.AfterBytes), r => r.AfterBytes >= 0, (r, _) => new ResetFault(r.AfterBytes!.Value)),
        ["refuse"] = new("nothing", _ => true, (_, _) => new RefuseFault()),
        ["flap"] = new(nameof(FaultRule.Milliseconds), r => r.Milliseconds > 0 && r.Status is (null or (>= 200 and <= 599)),
            (r, t) => new FlapFault(TimeSpan.FromMilliseconds(r.Milliseconds!.Value), r.Status ?? StatusCodes.Status503ServiceUnavailable, t)),
        ["redirect"] = new(nameof(FaultRule.Location), r => IsHeader(r.Location) && r.Status is (null or (>= 300 and <= 399)),
            (r, _) => new RedirectFault(r.Location!, r.Status ?? StatusCodes.Status302Found)),
        ["length"] = new(nameof(FaultRule.Bytes), r => r.Bytes is not null and not 0, (r, _) => new LengthFault(r.Bytes!.Value)),
        ["compressed"] = new("nothing", _ => true, (_, _) => new CompressedFault()),
        ["clock"] = new(nameof(FaultRule.Milliseconds), r => r.Milliseconds is not null, (r, t) => new ClockFault(TimeSpan.FromMilliseconds(r.Milliseconds!.Value), t)),
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
        else if (rule.Share is { } share && !(share is > 0 and <= 1))
            refusal = "'Share' lies above 0 and not above 1, or is absent.";
        else if (rule.Path.Length > LongestText || rule.Location?.Length > LongestText || rule.ContentType?.Length > LongestText || rule.Body?.Length > LongestBody)
            refusal = $"'Path', 'Location' and 'ContentType' have at most {LongestText} characters, 'Body' at most {LongestBody}.";
        else if (rule.ContentType is { } type && !IsHeader(type.Replace(' ', '_')))
            refusal = "'ContentType' has visible ASCII characters only.";
        return refusal is null ? kind!.Make(rule, time) : null;
    }

    // Visible ASCII only: anything else cannot be sent in a header.
    private static bool IsHeader(string? value) => value is { Length: > 0 } && value.All(c => c is > ' ' and < '\x7F');

    private sealed record Kind(string Needs, Func<FaultRule, bool> Complete, Func<FaultRule, TimeProvider, IFault> Make);
}
