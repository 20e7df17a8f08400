using Microsoft.Extensions.Primitives;

namespace Gateway.Responses;

/// <summary>
/// Guards the gateway's web origin (RFC 6454), which upstream's documents share with the operators' page. So that no document of an upstream
/// is run there, each media response forbids type sniffing, has no rights when it is opened as a page (sandbox), and, where a browser would render it, is
/// to be saved. Players, which fetch, and elements such as <c>img</c> and <c>track</c> ignore all three.
/// </summary>
internal static class MediaSafety
{
    /// <summary>Sets the fields when the response starts, last of all: neither upstream nor a problem document removes them.</summary>
    public static void Guard(HttpResponse response) => response.OnStarting(
        static state =>
        {
            var headers = ((HttpResponse)state).Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.ContentSecurityPolicy = "sandbox";
            if (IsRendered(headers.ContentType)) headers.ContentDisposition = "attachment";
            return Task.CompletedTask;
        },
        response);

    /// <summary>Whether a browser renders a type as a page, in which scripts could run. MPDs and subtitles in XML have types of their own, which it does not render.</summary>
    public static bool IsRendered(StringValues contentType)
    {
        var type = contentType.ToString().AsSpan();
        if (type.IndexOf(';') is >= 0 and var end) type = type[..end];
        type = type.Trim();
        return Is(type, "text/html")
            || Is(type, "application/xhtml+xml")
            || Is(type, "image/svg+xml")
            || Is(type, "application/xml")
            || Is(type, "text/xml")
            || Is(type, "text/xsl")
            || Is(type, "application/xslt+xml")
            || Is(type, "application/rss+xml")
            || Is(type, "application/atom+xml")
            || Is(type, "application/mathml+xml")
            || Is(type, "application/pdf")
            || Is(type, "multipart/x-mixed-replace");
    }

    private static bool Is(ReadOnlySpan<char> type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase);
}
