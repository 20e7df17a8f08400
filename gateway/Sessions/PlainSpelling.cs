using System.Globalization;
using System.Text;
using Gateway.Origin;

namespace Gateway.Sessions;

/// <summary>
/// The plain spelling of an address: escapes that need not be are written out (RFC 3986 §6.2.2.2), the query is gone. To most origins it is the same resource, so what
/// is kept from a viewer in the one spelling is kept in the others as well.
/// </summary>
internal static class PlainSpelling
{
    public static MediaAddress Of(MediaAddress address)
    {
        if (!address.Path.Contains('%', StringComparison.Ordinal)) return address.Query.Length == 0 ? address : address with { Query = string.Empty };
        var path = address.Path;
        var built = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && byte.TryParse(path.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                && (char.IsAsciiLetterOrDigit((char)code) || (char)code is '-' or '.' or '_' or '~'))
            {
                built.Append((char)code);
                i += 2;
            }
            else
            {
                built.Append(path[i]);
            }
        }

        return new MediaAddress(address.Cluster, built.ToString(), string.Empty);
    }
}
