namespace Gateway.Manifests.Dash;

/// <summary>
/// Reads the last steps of the XPath in an operation of a patch document (RFC 5261, the subset of ISO/IEC 23009-1 §5.15): is the text of the
/// operation itself a URL? Payload elements need no look at the path, they are known by their own names.
/// </summary>
internal static class PatchSelector
{
    /// <param name="selector">The <c>sel</c> attribute, for example <c>/MPD/Period[@id='1']/AdaptationSet[2]/SegmentTemplate/@media</c>.</param>
    /// <param name="type">The <c>type</c> attribute of an <c>add</c>: <c>@name</c> for a new attribute.</param>
    public static MpdReferenceKind PlaceOf(ReadOnlySpan<byte> selector, ReadOnlySpan<byte> type)
    {
        var last = TakeStep(ref selector);
        if (type.StartsWith("@"u8)) return DashNames.AttributePlace(DashNames.Element(last), LocalName(type[1..]), DashScheme.Other);
        if (last.StartsWith("@"u8))
        {
            var name = last[1..];
            if (LocalName(name).SequenceEqual("href"u8) && name.StartsWith("xlink:"u8)) return MpdReferenceKind.Document;
            return DashNames.AttributePlace(DashNames.Element(TakeStep(ref selector)), LocalName(name), DashScheme.Other);
        }

        if (last.SequenceEqual("text()"u8)) last = TakeStep(ref selector);
        return DashNames.TextPlace(DashNames.Element(last));
    }

    /// <summary>Cuts off the last step and gives its name without prefix and predicates.</summary>
    private static ReadOnlySpan<byte> TakeStep(ref ReadOnlySpan<byte> path)
    {
        // A slash inside of a predicate's quotes is no separator, so the search goes backwards over brackets.
        var depth = 0;
        var start = path.Length;
        while (start > 0)
        {
            var b = path[start - 1];
            if (b == (byte)']') depth++;
            else if (b == (byte)'[') depth--;
            else if (b == (byte)'/' && depth <= 0) break;
            start--;
        }

        var step = path[start..];
        path = path[..Math.Max(0, start - 1)];
        var predicate = step.IndexOf((byte)'[');
        if (predicate >= 0) step = step[..predicate];
        return step.StartsWith("@"u8) ? step : LocalName(step);
    }

    private static ReadOnlySpan<byte> LocalName(ReadOnlySpan<byte> name) => name[(name.IndexOf((byte)':') + 1)..];
}
