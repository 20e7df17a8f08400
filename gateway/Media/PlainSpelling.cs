using System.Globalization;
using System.Text;

namespace Gateway.Media;

/// <summary>
/// The normalised form of an address: needless escapes are decoded (RFC 3986 §6.2.2.2), encoded slashes too; path parameters, empty segments and the query are removed.
/// Some origin serves the same resource for each spelling, so a rule that withholds a resource compares this form.
/// </summary>
internal static class PlainSpelling
{
    public static MediaAddress Of(MediaAddress address)
    {
        var path = address.Path;
        if (path.AsSpan().IndexOfAny('%', ';') < 0 && !path.Contains("//", StringComparison.Ordinal)) return address.Query.Length == 0 ? address : address with { Query = string.Empty };
        var built = new StringBuilder(path.Length);
        var isParameter = false;
        for (var i = 0; i < path.Length; i++)
        {
            var letter = path[i];
            if (letter == '%' && TryUnescape(path, i, out var plain))
            {
                letter = plain;
                i += 2;
            }
            else if (letter == ';')
            {
                isParameter = true;
            }

            if (letter == '/') isParameter = false;
            if (!isParameter && (letter != '/' || built.Length == 0 || built[^1] != '/')) built.Append(letter);
        }

        return new MediaAddress(address.Cluster, built.ToString(), string.Empty);
    }

    /// <summary>Decodes one escape if its character may stand in a path as it is, or is the slash.</summary>
    private static bool TryUnescape(string path, int at, out char plain)
    {
        plain = default;
        if (at + 2 >= path.Length || !byte.TryParse(path.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return false;
        plain = (char)code;
        return char.IsAsciiLetterOrDigit(plain) || "-._~!$&'()*+,;=:@/".Contains(plain, StringComparison.Ordinal);
    }
}
