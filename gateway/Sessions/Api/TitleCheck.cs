using Gateway.Access;
using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Files;
using Gateway.Manifests;
using Gateway.Manifests.Offers;
using Gateway.Media;
using Gateway.Responses;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary>
/// Checks through the cache whether a title is there before a session is opened for it: the manifest fetched for the check is the one
/// that the player asks for next.
/// </summary>
internal sealed class TitleCheck(MediaCache cache, ManifestReader reader, OfferReader offers, MediaOptions media, FilePresence files, Prewarm prewarm, Authenticator authenticator)
{
    /// <summary>Tries HLS first, then DASH, then the direct file; the first that is there decides. Whether there is a direct file is asked meanwhile.</summary>
    /// <param name="cluster">Where it is looked for.</param>
    /// <param name="mediaId">The title.</param>
    /// <param name="start">Who asks, if it has to be made first.</param>
    /// <param name="leaving">The client leaves.</param>
    public async Task<TitleVerdict> LookAsync(string cluster, string mediaId, StartConditions start, CancellationToken leaving)
    {
        var direct = new MediaAddress(cluster, MediaOptions.PathOf(media.DirectPath, mediaId), string.Empty);
        var file = files.IsThereAsync(direct, leaving);
        var title = await ManifestAsync(direct with { Path = MediaOptions.PathOf(media.HlsPath, mediaId) }, StreamingProtocol.Hls, start, leaving);
        if (UpstreamProblem.IsAbsence(title.Problem)) title = await ManifestAsync(direct with { Path = MediaOptions.PathOf(media.DashPath, mediaId) }, StreamingProtocol.Dash, start, leaving);
        var hasFile = await file;
        if (!UpstreamProblem.IsAbsence(title.Problem)) return title with { HasFile = hasFile };
        return hasFile ? new TitleVerdict(null, null, StreamingProtocol.File, true, []) : await FileAsync(direct, leaving);
    }

    /// <summary>The path for which access to a title is checked, and with which its session begins.</summary>
    public string PathOf(string mediaId) => MediaOptions.PathOf(media.HlsPath, mediaId);

    /// <summary>Whether a caller may go on with another title, by a credential of the session's user.</summary>
    public async Task<Access.AccessResult> MayChangeToAsync(HttpRequest request, string path, string user)
    {
        MediaQuery.TryRead((request.QueryString.Value ?? "").AsMemory(), out var query);
        var accessResult = await authenticator.AdmitAsync(request, query, path);
        // In Open mode everybody may have every title, and users are no more than addresses, which change.
        return accessResult.Grant is not { } grant || ReferenceEquals(grant, AccessGrant.Anyone) || string.Equals(ViewerKey.UserOf(request.HttpContext, grant), user, StringComparison.Ordinal)
            ? accessResult
            : Access.AccessResult.Refused(AccessDenial.TicketScope);
    }

    /// <summary>Fetches what the session's player asks for first.</summary>
    public Task PrewarmAsync(SessionState session, TitleVerdict title, CancellationToken leaving) => prewarm.RunAsync(session, title.Protocol, leaving);

    private async Task<TitleVerdict> ManifestAsync(MediaAddress address, StreamingProtocol protocol, StartConditions start, CancellationToken leaving)
    {
        using var reply = await cache.OpenAsync(reader.RequestFor(address, start: start), leaving);
        if (UpstreamProblem.Of(reply) is { } problem) return new TitleVerdict(problem, UpstreamProblem.NotesOf(reply), protocol, false, []);
        var (manifest, refusal) = await reader.ReadAsync(reply, address, isBlocking: false, leaving);
        return manifest is not null
            ? new TitleVerdict(null, null, protocol, false, offers.RungsOf(manifest, reply.FinalUrl, address.Cluster))
            : new TitleVerdict(ManifestHandler.CodeOf(refusal), null, protocol, false, []);
    }

    private async Task<TitleVerdict> FileAsync(MediaAddress address, CancellationToken leaving)
    {
        using var reply = await cache.OpenAsync(new CacheRequest { Address = address, HeadOnly = true, Rules = StorageRules.Media }, leaving);
        var problem = UpstreamProblem.Of(reply);
        return new TitleVerdict(problem, UpstreamProblem.NotesOf(reply), StreamingProtocol.File, problem is null, []);
    }
}
