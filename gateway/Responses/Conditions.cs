using Gateway.Caching.Policy;
using Gateway.Origin;
using Microsoft.Extensions.Primitives;

namespace Gateway.Responses;

/// <summary>Evaluates a client's conditions against the response that would be sent (RFC 9110 §13), as far as they concern GET and HEAD on a cache.</summary>
internal static class Conditions
{
    /// <summary>Whether the client holds this version already, so that 304 is the answer (§13.2.2, steps 3 and 4).</summary>
    /// <param name="isHeld">The response is a stored one: without Last-Modified its Date will do, for it has not changed since (RFC 9111 §4.3.2).</param>
    /// <param name="time">Tells the century of a date whose year has two digits.</param>
    public static bool IsNotModified(IHeaderDictionary request, ResponseHead head, bool isHeld, TimeProvider time)
    {
        if (request.IfNoneMatch.Count > 0) return NoneMatch(request.IfNoneMatch, head["ETag"]);
        if (request.IfModifiedSince is not [{ } since]) return false;
        if (!head.TryGet("Last-Modified", out var modified) && !(isHeld && head.TryGet("Date", out modified))) return false;
        var now = time.GetUtcNow();
        return HttpDate.TryParse(since, now, out var held) && HttpDate.TryParse(modified, now, out var changed) && changed <= held;
    }

    /// <summary>Whether the client may hold some version already, so that 304 is possible.</summary>
    public static bool MayBeHeld(IHeaderDictionary request) => request.IfNoneMatch.Count > 0 || request.IfModifiedSince.Count > 0;

    /// <summary>Whether one of the listed tags is this one, compared weakly (§13.1.2); <c>*</c> fits anything.</summary>
    public static bool NoneMatch(StringValues listed, string? tag)
    {
        foreach (var line in listed)
        {
            var rest = line.AsSpan();
            while (TryTakeTag(ref rest, out var one))
            {
                if (one is "*" || (tag is not null && Opaque(one).SequenceEqual(Opaque(tag)))) return true;
            }
        }

        return false;
    }

    /// <summary>Whether a range still belongs to this version (§13.1.5): a strong tag that is equal, or exactly the Last-Modified date.</summary>
    public static bool RangeHolds(StringValues ifRange, ResponseHead head)
    {
        if (ifRange.Count == 0) return true;
        if (ifRange is not [{ } condition]) return false;
        if (condition.StartsWith('"')) return string.Equals(condition, head["ETag"], StringComparison.Ordinal);
        return !condition.StartsWith("W/", StringComparison.Ordinal) && string.Equals(condition, head["Last-Modified"], StringComparison.Ordinal);
    }

    private static bool TryTakeTag(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> tag)
    {
        rest = rest.TrimStart(" \t,");
        tag = default;
        if (rest.IsEmpty) return false;

        // A tag may hold commas, so it ends at its closing quote.
        var open = rest.IndexOf('"');
        var comma = rest.IndexOf(',');
        var close = open < 0 || (comma >= 0 && comma < open) ? -1 : rest[(open + 1)..].IndexOf('"');
        var length = close >= 0 ? open + close + 2 : comma >= 0 ? comma : rest.Length;
        tag = rest[..length].Trim();
        rest = rest[length..];
        return true;
    }

    private static ReadOnlySpan<char> Opaque(ReadOnlySpan<char> tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
}
