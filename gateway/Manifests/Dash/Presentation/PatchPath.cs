using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// Finds what an operation of a patch names: the XPath of RFC 5261 §4.1 as far as ISO/IEC 23009-1 §5.15.3.2 allows it. Steps by name, each with a position or the value of an
/// attribute, and at the end an attribute or the text. Names are compared without prefixes, as players do.
/// </summary>
internal static class PatchPath
{
    public static bool TryFind(XElement root, string selector, PatchWork work, out Target target)
    {
        target = default;
        var rest = selector.AsSpan().Trim();
        XElement? at = null;
        while (!rest.IsEmpty)
        {
            if (rest[0] != '/') return false;
            var step = TakeStep(ref rest);
            if (at is null)
            {
                if (!LocalOf(NameOf(step)).SequenceEqual(root.Name.LocalName)) return false;
                at = root;
            }
            else if (step.StartsWith("@") || step.SequenceEqual("text()"))
            {
                target = new Target(at, step[0] == '@' ? AttributeOf(at, step[1..]) : null, step[0] != '@');
                return rest.IsEmpty && (target.IsText || target.Attribute is not null);
            }
            else if (ChildOf(at, step, work) is { } child)
            {
                at = child;
            }
            else
            {
                return false;
            }
        }

        if (at is not null) target = new Target(at, null, false);
        return at is not null;
    }

    /// <summary>Cuts off the first step, without its slash; slashes within brackets are part of it.</summary>
    private static ReadOnlySpan<char> TakeStep(ref ReadOnlySpan<char> rest)
    {
        var end = 1;
        var quote = '\0';
        for (var depth = 0; end < rest.Length; end++)
        {
            var c = rest[end];
            if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"') quote = c;
            else if (c == '[') depth++;
            else if (c == ']') depth--;
            else if (c == '/' && depth <= 0) break;
        }

        var step = rest[1..end];
        rest = rest[end..];
        return step;
    }

    private static XElement? ChildOf(XElement parent, ReadOnlySpan<char> step, PatchWork work)
    {
        var name = LocalOf(NameOf(step));
        var predicates = step[NameOf(step).Length..];
        var position = 0;
        foreach (var child in parent.Elements())
        {
            if (!work.TryLook()) return null;
            if (!name.SequenceEqual(child.Name.LocalName)) continue;
            position++;
            if (Fits(child, position, predicates)) return child;
        }

        return null;
    }

    private static bool Fits(XElement element, int position, ReadOnlySpan<char> predicates)
    {
        while (!predicates.IsEmpty)
        {
            var end = EndOf(predicates);
            if (predicates[0] != '[' || end < 0) return false;
            var predicate = predicates[1..end].Trim();
            predicates = predicates[(end + 1)..];
            if (int.TryParse(predicate, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                if (number != position) return false;
                continue;
            }

            var equals = predicate.IndexOf('=');
            if (equals < 0 || predicate[0] != '@') return false;
            var value = predicate[(equals + 1)..].Trim();
            if (value.Length < 2 || value[0] is not ('\'' or '"') || value[^1] != value[0]) return false;
            if (AttributeOf(element, predicate[1..equals].Trim()) is not { } attribute || !value[1..^1].SequenceEqual(attribute.Value)) return false;
        }

        return true;
    }

    private static int EndOf(ReadOnlySpan<char> predicates)
    {
        var quote = '\0';
        for (var i = 0; i < predicates.Length; i++)
        {
            if (quote != '\0') quote = predicates[i] == quote ? '\0' : quote;
            else if (predicates[i] is '\'' or '"') quote = predicates[i];
            else if (predicates[i] == ']') return i;
        }

        return -1;
    }

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> step)
    {
        var bracket = step.IndexOf('[');
        return bracket < 0 ? step : step[..bracket];
    }

    private static ReadOnlySpan<char> LocalOf(ReadOnlySpan<char> name) => name[(name.IndexOf(':') + 1)..];

    private static XAttribute? AttributeOf(XElement element, ReadOnlySpan<char> name)
    {
        var local = LocalOf(name);
        foreach (var attribute in element.Attributes())
        {
            if (!attribute.IsNamespaceDeclaration && local.SequenceEqual(attribute.Name.LocalName)) return attribute;
        }

        return null;
    }

    /// <summary>What was found.</summary>
    /// <param name="Element">The element, or that of the attribute or text.</param>
    /// <param name="Attribute">The attribute; null for an element or its text.</param>
    /// <param name="IsText">Whether it is the text of the element.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Target(XElement Element, XAttribute? Attribute, bool IsText);
}
