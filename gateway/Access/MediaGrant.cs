using System.Text;

namespace Gateway.Access;

/// <summary>
/// Which paths a credential opens: everything, or what one of its patterns holds. A JWT's patterns are globs (<see cref="MediaGlob"/>), those of an EdgeAuth token are
/// ACLs whose <c>*</c> takes slashes. It travels in tickets, so that every node decides alike about what a manifest names. Immutable; equal when the text is.
/// </summary>
/// <remarks>
/// A path is held when it is held both as it is spelled (an encoded slash is no slash) and as an origin may read it (<see cref="MediaPath.OriginForm"/>): what can be read
/// in two ways must not grant more than either. Answers about folders may be "no" where a cleverer reading would say "yes", never the other way round.
/// </remarks>
internal sealed class MediaGrant : IEquatable<MediaGrant>
{
    /// <summary>Longest <see cref="Text"/> that a ticket carries, in bytes of UTF-8.</summary>
    public const int MaxTextBytes = 96;

    /// <summary>Between patterns; stands in none.</summary>
    private const char Separator = '\n';

    /// <summary>Before the pattern of an ACL, where it separates patterns and so stands in none.</summary>
    private const char AclMark = '!';

    /// <summary>Issuers write ACLs for the URL that they hand out, which may or may not have the gateway's own prefix.</summary>
    private const string PlayPrefix = "/play";

    private readonly string[] _patterns;

    private MediaGrant(string? text, string[] patterns)
    {
        Text = text;
        _patterns = patterns;
    }

    /// <summary>Of a caller without limits: in Open mode, or by a credential that names no media.</summary>
    public static MediaGrant Everything { get; } = new(null, []);

    public bool IsEverything => Text is null;

    /// <summary>The patterns in a form that <see cref="Parse"/> reads; null for everything, empty for nothing.</summary>
    public string? Text { get; }

    /// <summary>What the globs of a claim hold.</summary>
    public static MediaGrant OfGlobs(IEnumerable<string> globs) => Of(globs.Where(g => !g.StartsWith(AclMark)));

    /// <summary>What an ACL holds: patterns joined by <c>!</c>, perhaps percent-encoded.</summary>
    public static MediaGrant OfAcl(string acl) =>
        Of((acl.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(acl) : acl).Split(AclMark).Select(p => AclMark + p));

    public static MediaGrant Parse(string text) => Of(text.Split(Separator, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Whether a path is opened.</summary>
    /// <param name="path">Accepted by <see cref="MediaPath"/>.</param>
    public bool Holds(string path)
    {
        if (IsEverything) return true;
        if (MediaPath.HidesSlashInParameter(path)) return false;
        if (!HoldsView(MediaGlob.Decode(path))) return false;
        var seen = MediaPath.OriginForm(path);
        return ReferenceEquals(seen, path) || HoldsView(seen);
    }

    /// <summary>Whether everything below a folder is opened.</summary>
    /// <param name="folder">Begins and ends with a slash.</param>
    public bool HoldsTree(string folder)
    {
        if (IsEverything) return true;
        if (MediaPath.HidesSlashInParameter(folder)) return false;
        var seen = MediaPath.OriginForm(folder);
        return HoldsTreeView(MediaGlob.Decode(folder)) && (ReferenceEquals(seen, folder) || HoldsTreeView(seen));
    }

    /// <summary>As much of the grant as a ticket carries, what holds a path first. Never more than the whole.</summary>
    public MediaGrant ForTicket(string path)
    {
        if (IsEverything || Encoding.UTF8.GetByteCount(Text!) <= MaxTextBytes) return this;
        var decoded = MediaGlob.Decode(path);
        var kept = new List<string>();
        var space = MaxTextBytes;
        foreach (var pattern in _patterns.OrderBy(p => Matches(p, decoded) ? 0 : 1))
        {
            var length = Encoding.UTF8.GetByteCount(pattern) + 1;
            if (length > space) continue;
            space -= length;
            kept.Add(pattern);
        }

        return Of(kept);
    }

    public bool Equals(MediaGrant? other) => other is not null && string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as MediaGrant);

    public override int GetHashCode() => Text is null ? 0 : StringComparer.Ordinal.GetHashCode(Text);

    private static MediaGrant Of(IEnumerable<string> patterns)
    {
        var kept = patterns.Where(p => p.Length > 0 && !p.Contains(Separator, StringComparison.Ordinal)).ToArray();
        return new MediaGrant(string.Join(Separator, kept), kept);
    }

    private bool HoldsView(string path)
    {
        foreach (var pattern in _patterns)
        {
            if (Matches(pattern, path)) return true;
        }

        return false;
    }

    private bool HoldsTreeView(string folder)
    {
        foreach (var pattern in _patterns)
        {
            // A pattern that ends open and holds the folder holds whatever is put behind it.
            var isOpen = pattern[0] == AclMark ? pattern[^1] == '*' : pattern is "**" || pattern.EndsWith("/**", StringComparison.Ordinal);
            if (isOpen && Matches(pattern, pattern[0] == AclMark ? folder : folder[..^1])) return true;
        }

        return false;
    }

    private static bool Matches(string pattern, string path) => pattern[0] == AclMark
        ? Wildcard.Matches(pattern.AsSpan(1), path, acrossSlashes: true) || Wildcard.Matches(pattern.AsSpan(1), PlayPrefix + path, acrossSlashes: true)
        : MediaGlob.Matches(pattern, path);
}
