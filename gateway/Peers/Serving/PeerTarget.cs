using System.Globalization;
using Gateway.Media;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Peers.Serving;

/// <summary>A peer's request, read from its target as it was sent: routing would decode the path.</summary>
/// <param name="Target">The whole target, which the token is about.</param>
/// <param name="Address">The object.</param>
/// <param name="Title">The folder that holds all of the title, where the asker knows it.</param>
internal sealed record PeerTarget(string Target, MediaAddress Address, string? Title)
{
    /// <summary>Null for a target that no gateway sends.</summary>
    public static PeerTarget? Read(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith(PeerFields.Root, StringComparison.Ordinal)) return null;
        var rest = target.AsSpan(PeerFields.Root.Length);
        var slash = rest.IndexOf('/');
        if (slash <= 0) return null;
        var question = rest.IndexOf('?');
        if (question < 0) question = rest.Length;
        if (question < slash) return null;
        var path = rest[slash..question];
        var query = rest[question..];
        if (!WirePath.IsClean(path) || !WirePath.IsCleanQuery(query)) return null;
        var address = new MediaAddress(Uri.UnescapeDataString(rest[..slash].ToString()), path.ToString(), query.ToString());
        return new PeerTarget(target, address, TitleOf(context.Request, address.Path));
    }

    private static string? TitleOf(HttpRequest request, string path) =>
        int.TryParse(request.Headers[PeerFields.Title], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length > 1 && length <= path.Length ? path[..length] : null;
}
