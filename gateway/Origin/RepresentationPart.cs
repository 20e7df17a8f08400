using System.Globalization;
using Gateway.Media;

namespace Gateway.Origin;

/// <summary>
/// Which bytes of which representation a response carries, so that its body can be continued after a break. Two responses are combined only when both have the same strong validator
/// (RFC 9110 §15.3.7.3): a strong entity tag, or, where there is no tag at all, a <c>Last-Modified</c> that is strong (§8.8.2.2). Everything else that the answer tells has to agree as
/// well: an origin that answers for another version, another part, or with another coding is not believed.
/// </summary>
internal sealed class RepresentationPart
{
    /// <summary>Most bytes that are read again and dropped, where an origin answers a range with the whole.</summary>
    public const long MostSkipped = 16L << 20;

    /// <summary>A file that changed within the second of its date has the same date twice; a minute also forgives clocks that differ.</summary>
    private static readonly TimeSpan LeastAge = TimeSpan.FromMinutes(1);

    private readonly ResponseHead _head;
    private readonly bool _isTagged;

    private RepresentationPart(ResponseHead head, string validator, bool isTagged)
    {
        _head = head;
        _isTagged = isTagged;
        Validator = validator;
    }

    /// <summary>Value of <c>If-Range</c>.</summary>
    public string Validator { get; }

    /// <summary>The body's first byte within the representation.</summary>
    public long First { get; private init; }

    /// <summary>Length of the representation; null when it is not known.</summary>
    public long? Complete { get; private init; }

    /// <summary>Length of the body; null when it is not known.</summary>
    public long? Length { get; private init; }

    /// <summary>Null when the body cannot be continued: no strong validator, no plain status, or fields that contradict each other.</summary>
    /// <param name="length">Length of the body, where it was declared.</param>
    public static RepresentationPart? Of(ResponseHead head, long? length)
    {
        if (head.Status is not (200 or 206) || StrongValidator(head, out var isTagged) is not { } validator) return null;
        if (head.Status == 200) return new RepresentationPart(head, validator, isTagged) { Complete = length, Length = length };
        if (!ContentRange.TryParse(head["Content-Range"], out var range)) return null;
        var part = range.Last + 1 - range.First;
        return length is { } declared && declared != part
            ? null
            : new RepresentationPart(head, validator, isTagged) { First = range.First, Complete = range.Complete, Length = part };
    }

    /// <summary>The part that is missing.</summary>
    /// <param name="position">Bytes of the body that are in.</param>
    public ByteRange RestFrom(long position) => new(First + position, Length is { } length ? length - position : ByteRange.ToEnd);

    /// <summary>Judges the answer to a request for <see cref="RestFrom"/>.</summary>
    /// <param name="length">Length of the answer's body, where it was declared.</param>
    /// <param name="rest">Bytes still to come; for the whole, those after the ones that are skipped.</param>
    public ContinuationVerdict Judge(ResponseHead answer, long? length, long position, out long rest)
    {
        rest = 0;
        if (!IsSame(answer)) return ContinuationVerdict.Other;
        var from = First + position;
        if (answer.Status == 206)
        {
            if (!ContentRange.TryParse(answer["Content-Range"], out var range) || range.First != from) return ContinuationVerdict.Other;
            rest = range.Last + 1 - range.First;
            var isAll = Length is { } all ? position + rest == all : range.Last + 1 == range.Complete;
            return isAll && (Complete ?? range.Complete) == range.Complete && (length ?? rest) == rest ? ContinuationVerdict.Rest : ContinuationVerdict.Other;
        }

        // A whole without a length could be any; one that ends before the part does is another.
        if (answer.Status != 200 || length is not { } whole || (Complete ?? whole) != whole || from > MostSkipped || whole < from) return ContinuationVerdict.Other;
        rest = (Length is { } part ? First + part : whole) - from;
        return from + rest <= whole ? ContinuationVerdict.Whole : ContinuationVerdict.Other;
    }

    private static string? StrongValidator(ResponseHead head, out bool isTagged)
    {
        isTagged = head.TryGet("ETag", out var tag);
        if (isTagged) return tag!.StartsWith('"') && FieldText.IsPlain(tag) ? tag : null;
        return DateOf(head["Last-Modified"]) is { } modified && DateOf(head["Date"]) is { } date && date - modified >= LeastAge ? head["Last-Modified"] : null;
    }

    private static DateTimeOffset? DateOf(string? field) =>
        DateTimeOffset.TryParseExact(field, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    private bool IsSame(ResponseHead answer)
    {
        if (!string.Equals(answer["ETag"], _isTagged ? Validator : null, StringComparison.Ordinal)) return false;
        if (!_isTagged && !string.Equals(answer["Last-Modified"], Validator, StringComparison.Ordinal)) return false;
        // The answer to If-Range may leave these out; what it does tell has to agree.
        return Agrees(answer, "Last-Modified") && Agrees(answer, "Content-Type") && string.Equals(answer["Content-Encoding"], _head["Content-Encoding"], StringComparison.Ordinal);
    }

    private bool Agrees(ResponseHead answer, string field) => answer[field] is not { } told || string.Equals(told, _head[field], StringComparison.Ordinal);
}
