using Gateway.Access;
using Gateway.Access.Streams;
using Gateway.Live.Fetch;
using Gateway.Live.Keys;
using Gateway.Live.Work;
using Gateway.Problems;
using Gateway.Sessions.Registry;

namespace Gateway.Live.Sessions;

/// <summary>
/// Decides who may create, upload to, and watch live sessions. Creating takes a good credential, and where accounts are named, one of those; uploading and ending take the session's upload token, watching
/// takes the road of all media, or the capability in the playlist's address.
/// </summary>
internal sealed class LiveGate(Authenticator authenticator, AccessOptions access, StreamToken tokens, CreateLimiter creates, Drain drain, LiveOptions options)
{
    /// <summary>Query parameter with the capability to watch.</summary>
    public const string WatchParameter = "watch";

    private const string Bearer = "Bearer ";

    private readonly HashSet<string> _accounts = [.. options.InternalAccounts.Select(a => a.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space
        ? AccessGrant.UserOf(a[..space], a[(space + 1)..].Trim())
        : AccessGrant.UserOf(access.Issuer is { Length: > 0 } issuer ? issuer : null, a))];

    /// <summary>Whether watching takes a credential.</summary>
    public bool NeedsCredential => access.Mode == AccessMode.Token;

    /// <summary>Whether the caller may create a session; false when the answer has been written.</summary>
    public async Task<bool> MayCreateAsync(HttpContext context)
    {
        if (drain.IsDraining)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.Draining);
            return false;
        }

        if (!creates.TryTake(context, out var retryAfter))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.RateLimited, new ProblemNotes { RetryAfter = retryAfter });
            return false;
        }

        MediaQuery.TryRead((context.Request.QueryString.Value ?? "").AsMemory(), out var query);
        var result = await authenticator.AdmitAsync(context.Request, query, null);
        if (result.Grant is not { } grant)
        {
            await authenticator.RefuseAsync(context, result.Denial);
            return false;
        }

        if (_accounts.Count == 0 || _accounts.Contains(grant.User)) return true;
        await ProblemDocument.WriteAsync(context, ProblemCode.LiveNotAllowed);
        return false;
    }

    /// <summary>Whether the caller shows the session's upload token.</summary>
    public AccessDenial CheckUpload(HttpRequest request, string session) => tokens.Check(StreamPurpose.Upload, BearerOf(request), session);

    /// <summary>Whether the caller shows the transcoder's token for a chunk.</summary>
    public AccessDenial CheckWork(HttpRequest request, StreamPurpose purpose, string session, int index) =>
        tokens.Check(purpose, request.Query["key"] is [{ } key] ? key : default, ChunkTranscoder.SubjectOf(session, index));

    /// <summary>What the capability in an address opens: one session's playlist and segments; null without one that is good.</summary>
    public AccessGrant? WatchGrant(HttpRequest request, string session) =>
        request.Query[WatchParameter] is [{ } text] && StreamChunkKey.IsSessionId(session) && tokens.Check(StreamPurpose.Watch, text, session) == AccessDenial.None
            ? new AccessGrant { Media = MediaGrant.OfGlobs([$"{LiveFetch.Folder.TrimStart('/')}{session}/**"]) }
            : null;

    private static ReadOnlySpan<char> BearerOf(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header.AsSpan(Bearer.Length).Trim() : default;
}
