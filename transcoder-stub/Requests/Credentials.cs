using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace TranscoderStub.Requests;

/// <summary>Takes credentials out of what is logged, and cuts what is long. A value is masked by its name, so that a log still tells that there was one.</summary>
internal static partial class Credentials
{
    public const string Mask = "***";
    private const int LongestText = 2000, LongestValue = 300;

    private static readonly FrozenSet<string> s_headers =
        new[] { "Authorization", "Cookie", "Set-Cookie", "Proxy-Authorization" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>A header's value.</summary>
    public static string InHeader(string name, string value) => s_headers.Contains(name) || Telling().IsMatch(name) ? Mask : Cut(value, LongestValue);

    /// <summary>A query, with its question mark. Values whose names tell of a credential are masked, and those that look like a JWT (RFC 7519).</summary>
    public static string InQuery(string query)
    {
        if (query.Length == 0) return query;
        var parts = Cut(query, LongestText).TrimStart('?').Split('&');
        for (var i = 0; i < parts.Length; i++)
        {
            var equals = parts[i].IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && (Telling().IsMatch(Uri.UnescapeDataString(parts[i][..equals])) || parts[i].AsSpan(equals + 1).StartsWith("eyJ"))) parts[i] = $"{parts[i][..equals]}={Mask}";
        }

        return $"?{string.Join('&', parts)}";
    }

    /// <summary>A path; the capability of <c>/jit/~…/</c> is one.</summary>
    public static string InPath(string path) => Cut(Capability().Replace(path, $"/jit/~{Mask}/"), LongestText);

    public static string? Cut(string? value) => value is null ? null : Cut(value, LongestValue);

    private static string Cut(string value, int longest) => value.Length <= longest ? value : value[..longest];

    // Names of bearer tokens, of signatures of the large object stores and networks (X-Amz-Signature, hdnts, Key-Pair-Id, Policy, sig), and of keys. 'key' alone only as a whole word.
    [GeneratedRegex("token|secret|signature|passw|credential|jwt|ticket|api-?key|admin-?key|internal-?key|(^|[-_])(sig|key|auth|hmac|policy|code|session|sid)($|[-_])|^hdn[a-z]{1,3}$|^__gda__$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Telling();

    [GeneratedRegex("^/jit/~[^/]*/", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Capability();
}
