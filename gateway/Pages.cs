using System.Globalization;
using Gateway.Rollout.Player;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Gateway;

/// <summary>The pages in <c>wwwroot</c>, served as files with a policy that lets them talk to this gateway only.</summary>
internal static class Pages
{
    /// <summary>
    /// Scripts, styles and media from here; <c>blob:</c> is how Media Source Extensions hand video to the element and how a library
    /// starts a worker; an empty track of subtitles is a <c>data:</c> address to them. A manifest that leads to a host which is no destination of the gateway is stopped by <c>connect-src</c>: the player
    /// page says so, where it would otherwise play past the gateway unseen.
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; media-src 'self' blob: data:; " +
        "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Where a browser records and uploads a live session.</summary>
    private static readonly PathString CapturePage = "/capture";

    /// <summary>
    /// Where TLS is ours, browsers are told to stay with it. Behind a balancer that ends TLS, that is the balancer's to say: the scheme that it tells of does not count here.
    /// </summary>
    public static void UseTransportSecurity(this WebApplication app) =>
        app.UseWhen(static context => context.Features.Get<ITlsConnectionFeature>() is not null, static tls => tls.UseHsts());

    /// <param name="app">The gateway.</param>
    /// <param name="withCapture">Whether the capture page is there; else an operator's own route may be.</param>
    public static void UsePages(this WebApplication app, bool withCapture) => app.UseWhen(
        context => withCapture || !context.Request.Path.StartsWithSegments(CapturePage, StringComparison.OrdinalIgnoreCase),
        static pages =>
        {
            pages.UseDefaultFiles();
            pages.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = static prepared => Prepare(prepared.Context.Response.Headers) });
        });

    /// <summary>What the pages ask of the gateway beside their files: the titles to offer, with a link to the capture page where that is there.</summary>
    public static void MapPages(this WebApplication app, bool withCapture) => app.MapMethods("/titles.json", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, PlayerOptions options) =>
    {
        Prepare(context.Response.Headers);
        if (withCapture) context.Response.Headers.Link = "<capture/>; rel=\"capture\"";
        if (options.TitlesFile.Length == 0) return Results.Content("[]", "application/json");
        var file = new FileInfo(Path.GetFullPath(options.TitlesFile));
        if (!file.Exists) return Results.Content("[]", "application/json");
        var tag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}\""));
        return Results.File(file.FullName, "application/json", lastModified: new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero), entityTag: tag);
    }).ExcludeFromDescription();

    private static void Prepare(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // Asked for again each time, by validator: after an upgrade no page runs with an older script.
        headers.CacheControl = "no-cache";
    }
}
