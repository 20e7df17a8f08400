using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Access.Tickets;

/// <summary>
/// What a ticket opens in its cluster, as text. Five forms:
/// <list type="bullet">
/// <item><c>/a/b/</c>: a folder and everything below.</item>
/// <item><c>#412.b64url</c>: the same, by length and digest, where the folder is too long to repeat in every URL.</item>
/// <item><c>=/a/b/</c> or <c>=#412.b64url</c>: what lies in the folder itself, nothing below.</item>
/// <item><c>~/a/*/</c>: what lies in a folder that the pattern holds, nothing below; a <c>*</c> is one name of at least one letter. It stands for a variable of a DASH template.</item>
/// <item><c>*</c>: what the ticket's own grant holds (<see cref="MediaGrant"/>).</item>
/// </list>
/// </summary>
/// <remarks>
/// An encoded slash is a slash to some origins. Where a scope ends at a folder, a name with one in it is therefore outside.
/// </remarks>
internal static class TicketScope
{
    /// <summary>What the grant holds, path by path.</summary>
    public const string ByGrant = "*";

    /// <summary>Longer folders are given by digest, which keeps a ticket below 200 characters.</summary>
    internal const int MaxPlainLength = 48;

    /// <summary>Longest text of a scope, in bytes of UTF-8.</summary>
    internal const int MaxBytes = 1 + (3 * MaxPlainLength);

    private const int DigestBytes = 16;

    private static readonly string[] Variables = ["RepresentationID", "Number", "Time", "Bandwidth", "SubNumber"];

    /// <summary>A folder and everything below.</summary>
    /// <param name="prefix">Folder, begins and ends with a slash.</param>
    public static string Of(string prefix)
    {
        if (prefix is not ['/', ..] || prefix[^1] != '/') throw new ArgumentException("A scope begins and ends with a slash.", nameof(prefix));
        if (prefix.Length <= MaxPlainLength) return prefix;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(prefix), digest);
        return string.Create(CultureInfo.InvariantCulture, $"#{prefix.Length}.{Base64Url.EncodeToString(digest[..DigestBytes])}");
    }

    /// <summary>
    /// What lies in a folder itself. A folder that a DASH template names with variables in it (ISO/IEC 23009-1 §5.3.9.4.4) stands for all that they can give.
    /// </summary>
    /// <param name="folder">Begins and ends with a slash.</param>
    public static string OfFolderAlone(string folder)
    {
        if (FixedFolder(folder).Length == folder.Length || folder.Contains('*', StringComparison.Ordinal)) return "=" + Of(folder);
        var pattern = new StringBuilder("~/");
        foreach (var segment in folder[1..^1].Split('/')) pattern.Append(WithoutVariables(segment)).Append('/');
        // A pattern too long for a ticket opens nothing that is really there.
        return Encoding.UTF8.GetByteCount(pattern.ToString()) <= MaxBytes ? pattern.ToString() : "=" + Of(folder);
    }

    /// <summary>The folder in which a path lies: everything up to its last slash.</summary>
    public static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];

    /// <summary>As much of a folder as stands before the first variable of a DASH template; all of it without one.</summary>
    public static string FixedFolder(string folder)
    {
        var at = IndexOfVariable(folder, 0, out _);
        return at < 0 ? folder : FolderOf(folder[..at]);
    }

    /// <summary>Whether a scope other than <see cref="ByGrant"/> holds a path.</summary>
    public static bool Holds(string scope, string path) => scope switch
    {
        ['=', .. var folder] => HoldsTree(folder, path) && IsName(path.AsSpan(LengthOf(folder))),
        ['~', .. var pattern] => HoldsPattern(pattern, path),
        _ => HoldsTree(scope, path),
    };

    private static bool HoldsTree(string scope, string path)
    {
        if (scope is not ['#', ..]) return scope is ['/', ..] && path.StartsWith(scope, StringComparison.Ordinal);
        var length = LengthOf(scope);
        return length > MaxPlainLength
            && path.Length >= length
            && path[length - 1] == '/'
            && string.Equals(Of(path[..length]), scope, StringComparison.Ordinal);
    }

    /// <summary>Length of the folder; 0 for a text that was never issued.</summary>
    private static int LengthOf(string scope)
    {
        if (scope is not ['#', ..]) return scope.Length;
        var dot = scope.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && int.TryParse(scope.AsSpan(1, dot - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : 0;
    }

    private static bool HoldsPattern(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        while (true)
        {
            var end = pattern.IndexOf('/');
            if (end < 0) return pattern.IsEmpty && IsName(path);
            var slash = path.IndexOf('/');
            if (slash < 0 || !HoldsSegment(pattern[..end], path[..slash])) return false;
            pattern = pattern[(end + 1)..];
            path = path[(slash + 1)..];
        }
    }

    private static bool HoldsSegment(ReadOnlySpan<char> pattern, ReadOnlySpan<char> segment) =>
        pattern.SequenceEqual(segment)
        || (segment.Length >= pattern.Length && IsName(segment) && pattern.Contains('*') && Wildcard.Matches(pattern, segment, acrossSlashes: false));

    private static bool IsName(ReadOnlySpan<char> text) => !text.Contains('/') && !text.Contains("%2f", StringComparison.OrdinalIgnoreCase);

    private static string WithoutVariables(string segment)
    {
        var built = new StringBuilder(segment.Length);
        var position = 0;
        for (var at = IndexOfVariable(segment, 0, out var end); at >= 0; at = IndexOfVariable(segment, position, out end))
        {
            built.Append(segment, position, at - position);
            if (built.Length == 0 || built[^1] != '*') built.Append('*');
            position = end;
        }

        return built.Append(segment, position, segment.Length - position).ToString();
    }

    /// <summary>Where the next variable begins, <c>$Number$</c> or <c>$Number%05d$</c>; -1 without one.</summary>
    private static int IndexOfVariable(string text, int start, out int end)
    {
        for (var at = text.IndexOf('$', start); at >= 0; at = text.IndexOf('$', at + 1))
        {
            end = text.IndexOf('$', at + 1);
            if (end < 0) break;
            var name = text.AsSpan((at + 1)..end);
            if (name.IndexOf('%') is >= 0 and var format) name = name[..format];
            foreach (var variable in Variables)
            {
                if (!name.SequenceEqual(variable)) continue;
                end++;
                return at;
            }
        }

        end = 0;
        return -1;
    }
}
