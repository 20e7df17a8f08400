using System.Collections.Frozen;
using System.Net.Http.Headers;

namespace Gateway.Origin;

/// <summary>Copies the head of a response out of HttpClient's collections, without validation and without hop-by-hop fields.</summary>
internal static class ResponseHeads
{
    /// <summary>Hop-by-hop fields (RFC 9110 §7.6.1), and Alt-Svc: it would send the gateway's clients past it.</summary>
    private static readonly FrozenSet<string> HopByHop = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authentication-Info", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Alt-Svc",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static ResponseHead Of(HttpResponseMessage response)
    {
        var fields = new List<HeaderLine>(16);
        var connection = response.Headers.NonValidated.TryGetValues("Connection", out var named) ? named.ToString() : null;
        Copy(response.Headers.NonValidated, connection, fields);
        Copy(response.Content.Headers.NonValidated, connection, fields);
        return new ResponseHead((int)response.StatusCode, [.. fields]);
    }

    private static void Copy(HttpHeadersNonValidated from, string? connection, List<HeaderLine> into)
    {
        foreach (var (name, values) in from)
        {
            if (HopByHop.Contains(name) || IsNamed(connection, name)) continue;
            foreach (var value in values)
            {
                // Kestrel would throw on it; a file name in Latin-1 must not cost the response.
                if (FieldText.IsPlain(value)) into.Add(new HeaderLine(name, value));
            }
        }
    }

    private static bool IsNamed(string? connection, string name)
    {
        if (connection is null) return false;
        var list = connection.AsSpan();
        foreach (var range in list.Split(','))
        {
            if (list[range].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
