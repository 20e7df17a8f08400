using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// Applies a patch document to an MPD (ISO/IEC 23009-1 §5.15, the operations of RFC 5261), as a player does, so that the timelines of its sessions go on. The
/// result is read and never sent.
/// </summary>
/// <remarks>Both documents are walked through before, so that what is loaded here is no deeper than <see cref="DashLimits.Depth"/> and brings no entities.</remarks>
internal static class MpdPatch
{
    /// <summary>Operations of one patch; a real one has a few for each AdaptationSet.</summary>
    private const int MaxOperations = 4096;

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };

    /// <param name="document">The MPD.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="limit">Most bytes of the result.</param>
    /// <returns>The MPD after it; null when the patch is for another MPD or version, or cannot be applied as a whole.</returns>
    public static byte[]? Apply(byte[] document, byte[] patch, int limit)
    {
        if (!Walks(document, DashElement.Mpd) || !Walks(patch, DashElement.Patch)) return null;
        try
        {
            var mpd = Load(document);
            var changes = Load(patch).Root!;
            if (!IsFor(changes, mpd.Root!)) return null;
            var work = new PatchWork();
            var count = 0;
            foreach (var operation in changes.Elements())
            {
                if (++count > MaxOperations || !TryApply(mpd.Root!, operation, work)) return null;
            }

            using var stream = new MemoryStream();
            mpd.Save(stream, SaveOptions.DisableFormatting);
            return stream.Length <= limit ? stream.ToArray() : null;
        }
        catch (XmlException)
        {
            // Players play some documents that are not well-formed; their patches are not applied here.
            return null;
        }
        catch (InvalidOperationException)
        {
            // Content that may not stand where it was put: text beside the root, an attribute twice.
            return null;
        }
    }

    private static bool Walks(byte[] document, DashElement root)
    {
        if (DashEncoding.Detect(document, out _) != DashEncoding.Kind.Bytes) return false;
        var walk = new MpdWalk(document);
        for (var step = walk.Read(); step != MpdStep.End; step = walk.Read())
        {
            if (walk.Root != root) return false;
        }

        return walk.Outcome == DashOutcome.Unchanged;
    }

    private static XDocument Load(byte[] document)
    {
        using var reader = XmlReader.Create(new MemoryStream(document, writable: false), Settings);
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    private static bool IsFor(XElement patch, XElement mpd) =>
        (string?)patch.Attribute("mpdId") == (string?)mpd.Attribute("id")
        && Instant(patch.Attribute("originalPublishTime")) is { } before
        && before == Instant(mpd.Attribute("publishTime"));

    private static DateTimeOffset? Instant(XAttribute? attribute) =>
        DateTimeOffset.TryParse(attribute?.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;

    private static bool TryApply(XElement mpd, XElement operation, PatchWork work)
    {
        if (!PatchPath.TryFind(mpd, (string?)operation.Attribute("sel") ?? "", work, out var target)) return false;
        switch (operation.Name.LocalName)
        {
            case "add":
                return TryAdd(target, operation);
            case "replace" when target.Attribute is { } attribute:
                attribute.Value = operation.Value;
                return true;
            case "replace" when target.IsText:
                target.Element.ReplaceNodes(new XText(operation.Value));
                return true;
            case "replace" when target.Element != mpd && operation.Elements().SingleOrDefault() is { } other:
                target.Element.ReplaceWith(new XElement(other));
                return true;
            case "remove" when target.Attribute is { } attribute:
                attribute.Remove();
                return true;
            case "remove" when target.IsText:
                target.Element.Nodes().OfType<XText>().Remove();
                return true;
            case "remove" when target.Element != mpd:
                target.Element.Remove();
                return true;
            default:
                return false;
        }
    }

    private static bool TryAdd(in PatchPath.Target target, XElement operation)
    {
        if (target.Attribute is not null || target.IsText) return false;
        if ((string?)operation.Attribute("type") is { } type)
        {
            if (type is not ['@', .. var name] || !IsPlainName(name)) return false;
            target.Element.SetAttributeValue(name, operation.Value);
            return true;
        }

        var added = operation.Elements().Select(element => new XElement(element)).ToArray<object>();
        switch ((string?)operation.Attribute("pos"))
        {
            case null:
                target.Element.Add(added);
                return true;
            case "prepend":
                target.Element.AddFirst(added);
                return true;
            case "before" when target.Element.Parent is not null:
                target.Element.AddBeforeSelf(added);
                return true;
            case "after" when target.Element.Parent is not null:
                target.Element.AddAfterSelf(added);
                return true;
            default:
                return false;
        }
    }

    private static bool IsPlainName(string name)
    {
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-' or '.')) return false;
        }

        return name.Length > 0 && char.IsAsciiLetter(name[0]);
    }
}
