using Microsoft.Net.Http.Headers;

namespace Gateway.Telemetry.Prometheus;

/// <summary>The scraper's request: the format that it prefers of those known here (RFC 9110 §12.5.1), and whether it accepts gzip.</summary>
internal readonly record struct ScrapeRequest(ExpositionFormat Format, bool Gzip)
{
    public const string TextContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    public string ContentType => Format == ExpositionFormat.OpenMetrics ? OpenMetricsContentType : TextContentType;

    public static ScrapeRequest From(IHeaderDictionary headers) => new(FormatOf(headers), AcceptsGzip(headers));

    private static ExpositionFormat FormatOf(IHeaderDictionary headers)
    {
        double text = 0, open = 0;
        if (!MediaTypeHeaderValue.TryParseList(headers.Accept, out var accepted)) return ExpositionFormat.Text;
        foreach (var range in accepted)
        {
            var quality = range.Quality ?? 1;
            if (range.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase))
            {
                if (VersionOf(range) is "" or "1.0.0") open = Math.Max(open, quality);
            }
            else if (range.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
            {
                if (VersionOf(range) is "" or "0.0.4") text = Math.Max(text, quality);
            }
            else if (range.MatchesAllTypes)
            {
                // A browser or curl: the plain form is the one that everything shows.
                text = Math.Max(text, quality);
            }
        }

        // With equal preference the format that carries more wins.
        return open > 0 && open >= text ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text;
    }

    private static string VersionOf(MediaTypeHeaderValue range)
    {
        foreach (var parameter in range.Parameters)
        {
            if (parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase)) return HeaderUtilities.RemoveQuotes(parameter.Value).ToString();
        }

        return "";
    }

    private static bool AcceptsGzip(IHeaderDictionary headers)
    {
        if (!StringWithQualityHeaderValue.TryParseList(headers.AcceptEncoding, out var accepted)) return false;
        double? named = null, any = null;
        foreach (var coding in accepted)
        {
            if (coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase)) named = coding.Quality ?? 1;
            else if (coding.Value.Equals("*", StringComparison.Ordinal)) any = coding.Quality ?? 1;
        }

        return (named ?? any ?? 0) > 0;
    }
}
