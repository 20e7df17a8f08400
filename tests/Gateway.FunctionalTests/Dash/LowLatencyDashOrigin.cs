using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Dash;

/// <summary>
/// A low-latency DASH broadcast made of the transcoder's live MPD and the parts of its low-latency HLS title, which has the same clock: a segment may be asked for as soon as its first part is
/// complete, and is sent part by part while the others are being made.
/// </summary>
internal static partial class LowLatencyDashOrigin
{
    /// <summary>Of the broadcast's ten parts in two seconds.</summary>
    private const int PartsPerSegment = 10;

    public static async Task AnswerAsync(HttpContext context, GatewayWithStub titles)
    {
        var path = context.Request.Path.Value!;
        if (Segment().Match(path) is { Success: true } segment && HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.ContentType = "video/mp4";
            for (var part = 0; part < PartsPerSegment; part++)
            {
                using var made = await titles.Client.GetAsync(new Uri(titles.StubUrl, $"/demo-ll/{segment.Groups["rendition"].Value}/part_{segment.Groups["number"].Value}.{part}.m4s"), context.RequestAborted);
                if (part == 0) context.Response.StatusCode = (int)made.StatusCode;
                if (!made.IsSuccessStatusCode) return;
                await context.Response.Body.WriteAsync(await made.Content.ReadAsByteArrayAsync(context.RequestAborted), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }

            return;
        }

        // The clock of the MPD belongs to the broadcast, and everything else to its title.
        using var answer = await titles.Client.GetAsync(new Uri(titles.StubUrl, path.Replace("/demo-lld/", "/demo-live/", StringComparison.Ordinal)), context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (path.EndsWith(".mpd", StringComparison.Ordinal)) body = Encoding.UTF8.GetBytes(WithLowLatency(Encoding.UTF8.GetString(body)));
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string WithLowLatency(string mpd) => mpd
        .Replace("<SegmentTemplate ", string.Create(CultureInfo.InvariantCulture, $"<SegmentTemplate availabilityTimeOffset=\"{2 - (2.0 / PartsPerSegment)}\" availabilityTimeComplete=\"false\" "), StringComparison.Ordinal)
        .Replace("<Period ", "<ServiceDescription id=\"0\"><Latency target=\"3000\" min=\"2000\" max=\"6000\"/><PlaybackRate min=\"0.96\" max=\"1.04\"/></ServiceDescription><Period ", StringComparison.Ordinal);

    [GeneratedRegex("^/demo-lld/(?<rendition>[av][0-9]+)/seg_(?<number>[0-9]+)\\.m4s$", RegexOptions.ExplicitCapture)]
    private static partial Regex Segment();
}
