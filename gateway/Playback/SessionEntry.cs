using System.Diagnostics.CodeAnalysis;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Adaptation;
using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Players;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Problems;
using Gateway.Responses;
using Gateway.Rollout;
using Gateway.Rollout.Cohorts;
using Gateway.Segments;
using Gateway.Sessions.Registry;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Playback;

/// <summary>
/// Leads a media request into its session, or answers why not: by its ticket, which opens the session that it names, or by a credential, with which the viewer's session is found or begun.
/// </summary>
internal sealed class SessionEntry(Authenticator authenticator, SessionRegistry sessions, SessionDirectory directory, ClientLines clients, MadeTitles made, EngineSelector engines)
{
    /// <summary>How paths within sessions are read.</summary>
    public AcceptedCredentials Accepted => authenticator.Accepted;

    /// <summary>The request target as it was sent.</summary>
    public static string RawTarget(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    /// <summary>Answers a request whose target is not read.</summary>
    public Task RefusePathAsync(HttpContext context, MediaPathVerdict verdict) => verdict == MediaPathVerdict.NotMedia
        ? ProblemDocument.WriteAsync(context, ProblemCode.RouteNotFound)
        : authenticator.RefuseAsync(context, AccessDenial.PathRefused);

    /// <summary>What handlers get of a request, once it is in its session.</summary>
    public PlaybackRequest RequestFor(HttpContext context, SessionState session, MediaAddress address, bool mirrored, CmcdReport? cmcd) =>
        PlaybackRequests.Of(context, session, clients.PathOf(context), address, mirrored, cmcd, made.TitleOf(session, address));

    /// <summary>For a request with a ticket; false, with the answer, where that does not open what is asked for.</summary>
    public bool TryEnter(
        HttpContext context, in MediaTarget target, [NotNullWhen(true)] out SessionState? session, out MediaAddress address, [NotNullWhen(false)] out Task? refusal)
    {
        session = null;
        var span = GatewayTrace.Access();
        var result = authenticator.Check(context.Request, target);
        span.Ended(Label(result.Denial));
        span?.Dispose();
        address = result.Address;
        refusal = result.Denial == AccessDenial.None ? null : authenticator.RefuseAsync(context, result.Denial);
        if (refusal is not null) return false;
        var ticket = result.Ticket!;
        if (ticket.Binding.Kind != TicketBindingKind.None) MediaPrivacy.Keep(context.Response);

        if (result.Lapsed && !sessions.MayLive(ticket.Session))
        {
            refusal = ProblemDocument.WriteAsync(context, ProblemCode.SessionEnded);
            return false;
        }

        var resumed = sessions.Resume(ticket, ClientOrigin.Of(context.Connection.RemoteIpAddress), out session);
        if (resumed != ResumeVerdict.Resumed) refusal = ProblemDocument.WriteAsync(context, OpenVerdicts.ProblemOf(resumed));
        return refusal is null;
    }

    /// <summary>For a request with a credential: its viewer's session is found, or begins when the answer shows that the media are there.</summary>
    /// <param name="context">The request.</param>
    /// <param name="query">Its query.</param>
    /// <param name="granted">The path for which access is checked.</param>
    /// <param name="address">The session's entry.</param>
    /// <param name="serve">Answers within the session.</param>
    /// <param name="capability">What the caller may do, where the URL itself carries that.</param>
    /// <param name="isStored">Whether caches store the answer, although the session's entry is a manifest: it names no session then.</param>
    public async Task OpenAsync(
        HttpContext context, MediaQuery query, string granted, MediaAddress address, Func<SessionState, CmcdReport?, Task> serve, AccessGrant? capability = null, bool isStored = false)
    {
        var span = GatewayTrace.Access();
        var accessResult = capability is null ? await authenticator.AdmitAsync(context.Request, query, granted) : AccessResult.Of(capability);
        span.Ended(Label(accessResult.Denial));
        span?.Dispose();
        if (accessResult.Grant is not { } grant)
        {
            await authenticator.RefuseAsync(context, accessResult.Denial);
            return;
        }

        // An answer that names the session is for its viewer alone.
        if (!grant.IsForEverybody || query.Draw is not null) MediaPrivacy.Keep(context.Response);

        var cmcd = PlaybackRequests.ReadCmcd(context, query);
        var binding = authenticator.BindingFor(context.Request);
        var player = PlayerClassifier.Of(null, context.Request.Headers.UserAgent);
        var isAuto = query.IsAuto || clients.PlaysAuto(player);
        var key = ViewerKey.Of(context, grant, address, cmcd, binding, isAuto);
        var parameters = SessionParameters.ByUrl with
        {
            Engine = SegmentRules.IsFilePath(address.Path) ? PlaybackEngine.Direct : PlaybackEngine.Segmented,
            MaxStreams = grant.MaxStreams,
            MaxKbps = grant.MaxKbps,
            LadderKbps = grant.MaxKbps,
            Media = grant.Media,
            Player = player,
            Network = context.Connection.RemoteIpAddress is { } remote ? NetworkPrefix.Of(remote) : null,
            IsAuto = isAuto,
            IsAutoAsked = query.IsAuto,
            DeviceId = ViewerKey.DeviceOf(cmcd),
            IsShared = ViewerKey.IsShared(grant, cmcd),
            Client = ClientOrigin.Of(context.Connection.RemoteIpAddress),
            IsNamed = grant.User.Length > 0,
        };
        if (query.Draw is { } draw) parameters = Drawn(parameters, engines.Decide(new EngineRequest(grant.User, key.User, draw, address.Cluster, IsInGroup: false)));
        var (verdict, session, draft) = await directory.FindOrOpenAsync(context, key, parameters, binding);
        if (session is null)
        {
            await ProblemDocument.WriteAsync(context, OpenVerdicts.ProblemOf(verdict));
            return;
        }

        try
        {
            var mayTell = ManifestKinds.IsManifestPath(address.Path) && !isStored;
            if (draft is not null) directory.BeginWithAnswer(context, draft, mayTell);
            // So that a page can report events of the session, or a failed start-up. Manifests only: they are never stored, and a response in a shared cache must name no session.
            if ((mayTell || query.Draw is not null) && (draft is null || !HttpMethods.IsHead(context.Request.Method))) context.Response.Headers["X-Session-Id"] = session.Id.ToString("N");

            await serve(session, cmcd);
        }
        finally
        {
            if (draft is not null)
            {
                // 503 is an answer by rule: the client knows when to come again.
                if (context.Response.StatusCode is >= 500 and not StatusCodes.Status503ServiceUnavailable && !HttpMethods.IsHead(context.Request.Method)) draft.HasFailed = true;
                await directory.LeaveAsync(draft);
            }
        }
    }

    /// <summary>
    /// Puts a session on the side that was drawn for its page, where it is what the page was told. The roll-out may have moved on since; then it plays what the page was told before, and is on no side.
    /// </summary>
    private static SessionParameters Drawn(SessionParameters parameters, EngineDecision decision) =>
        decision.Engine == parameters.Engine ? parameters with { Arm = decision.Arm, Wave = decision.Wave } : parameters;

    private static string Label(AccessDenial denial) => denial == AccessDenial.None ? "allowed" : AccessDenials.ReasonOf(denial);
}
