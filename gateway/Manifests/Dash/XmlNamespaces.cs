namespace Gateway.Manifests.Dash;

/// <summary>
/// The namespace declarations in scope, reduced to what the rewriter asks: is this element DASH's, is that attribute an XLink. Undeclared
/// prefixes belong to nobody, except that a literal <c>xlink:</c> is taken for what it says, because players do.
/// </summary>
internal sealed class XmlNamespaces
{
    private readonly List<Declaration> _declarations = [];

    private enum Owner
    {
        Other,
        Dash,
        Xlink,
    }

    public int Count => _declarations.Count;

    /// <summary>The namespace that a root called MPD declares for itself, whatever it is: players look at the local name only.</summary>
    public Range RootUri { get; private set; }

    /// <summary>Takes in an attribute if it declares a namespace.</summary>
    public void Declare(ReadOnlySpan<byte> document, ref XmlAttributes attribute)
    {
        var name = attribute.Name;
        if (!name.StartsWith("xmlns"u8) || (name.Length > 5 && name[5] != (byte)':')) return;
        var prefix = name.Length > 5 ? name[6..] : default;
        var uri = attribute.Value;
        var root = document[RootUri];
        var owner = DashNames.IsDashNamespace(uri) || (prefix.IsEmpty && uri.IsEmpty) || (!root.IsEmpty && uri.SequenceEqual(root)) ? Owner.Dash
            : DashNames.IsXlink(uri) ? Owner.Xlink : Owner.Other;
        var start = attribute.ValueStart;
        _declarations.Add(new Declaration(prefix.ToArray(), owner, start..(start + attribute.ValueLength)));
    }

    /// <summary>Leaves the scope of an element: only the first <paramref name="count"/> declarations stay.</summary>
    public void Restore(int count) => _declarations.RemoveRange(count, _declarations.Count - count);

    /// <summary>Makes the namespace in which the root stands DASH's for this document.</summary>
    public void AdoptRoot(ReadOnlySpan<byte> prefix)
    {
        var index = IndexOf(prefix);
        if (index < 0) return;
        RootUri = _declarations[index].Uri;
        _declarations[index] = _declarations[index] with { Owner = Owner.Dash };
    }

    public bool IsDash(ReadOnlySpan<byte> prefix)
    {
        var index = IndexOf(prefix);
        return index < 0 ? prefix.IsEmpty : _declarations[index].Owner == Owner.Dash;
    }

    public bool IsXlink(ReadOnlySpan<byte> prefix)
    {
        var index = IndexOf(prefix);
        return index < 0 ? prefix.SequenceEqual("xlink"u8) : _declarations[index].Owner == Owner.Xlink;
    }

    private int IndexOf(ReadOnlySpan<byte> prefix)
    {
        for (var i = _declarations.Count - 1; i >= 0; i--)
        {
            if (prefix.SequenceEqual(_declarations[i].Prefix)) return i;
        }

        return -1;
    }

    private readonly record struct Declaration(byte[] Prefix, Owner Owner, Range Uri);
}
