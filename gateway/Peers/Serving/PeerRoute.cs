using System.Globalization;
using Gateway.Caching;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Origin;
using Gateway.Problems;
using Gateway.Responses;
using Gateway.Telemetry;

namespace Gateway.Peers.Serving;

/// <summary>
/// <c>/internal/peer/{cluster}/{**path}</c>: gives other gateways what this one holds, and fetches for them what is of its own share:
/// (1) the token says that a gateway asks, and for this object; nobody else learns that there is such a route;
/// (2) a request that came through this node already is a loop (RFC 8586);
/// (3) the object comes from the cache that viewers are served from; of another's share only what is held;
/// (4) upstream's head goes out as it is, with its age, and with the proof that a gateway answers; in the time that the asker gives, or else the answer is that there is none.
/// </summary>
/// <remarks>No session, no ticket, no viewer's metrics: whoever the viewer is, the asking node has checked.</remarks>
internal sealed class PeerRoute(MediaCache cache, PeerRing ring, PeerToken tokens, PeersOptions options, PeerMetrics metrics, TimeProvider time)
{
    private const string Template = "/internal/peer/{cluster}/{**path}";

    /// <summary>The longest <see cref="PeersOptions.FirstByteTimeout"/> there may be.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private static readonly HeaderLine[] OnlyIfHeld = [new("Cache-Control", "only-if-cached")];

    public async Task AnswerAsync(HttpContext context)
    {
        RouteName.Tell(context, Template);
        var request = context.Request;

        // 1
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!reads || PeerTarget.Read(context) is not { } target || request.Headers[PeerFields.Token] is not [{ } token] || !tokens.IsRequest(token, target.Target))
        {
            metrics.Served(PeerAnswer.Refused);
            await ProblemDocument.WriteAsync(context, ProblemCode.RouteNotFound);
            return;
        }

        // 2
        if (CameThroughHere(request))
        {
            await AnswerNoneAsync(context, token);
            return;
        }

        try
        {
            // 3
            var isOurs = ring.HasTitle(target.Address) && !CacheDirectivesOf(request).OnlyIfCached;
            var range = RangeHeader.Read(request.Headers.Range);
            using var reply = await OpenInTimeAsync(context, WantedOf(request, target, range, isOurs));

            // 4
            if (reply is null || reply.Result == CacheResult.NotHeld || reply.Failure is not null || reply.Head.Status is >= 500 or 429) await AnswerNoneAsync(context, token);
            else await SendAsync(context, reply, range, token);
        }
        catch (BrokenBodyException)
        {
            // What went out is not the whole: the asker learns it from the connection.
            if (context.Response.HasStarted) context.Abort();
            else await AnswerNoneAsync(context, token);
        }
    }

    /// <summary>Null when there is no head within the time that the asker gives: it then asks upstream itself, as it would for a node that is gone, but does not take this one for gone.</summary>
    private async ValueTask<CacheReply?> OpenInTimeAsync(HttpContext context, CacheRequest wanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        await using var timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), limit, WaitOf(context.Request), Timeout.InfiniteTimeSpan);
        try
        {
            return await OpenAsync(wanted, limit.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }

    private TimeSpan WaitOf(HttpRequest request) =>
        int.TryParse(request.Headers[PeerFields.Wait], NumberStyles.None, CultureInfo.InvariantCulture, out var wait) && wait <= LongestWait.TotalMilliseconds ? TimeSpan.FromMilliseconds(wait) : options.FirstByteTimeout;

    private ValueTask<CacheReply> OpenAsync(CacheRequest wanted, CancellationToken leaving) =>
        wanted.Range is null ? cache.OpenAsync(wanted, leaving) : cache.OpenFileAsync(wanted, leaving);

    private async Task SendAsync(HttpContext context, CacheReply reply, RangeHeader range, string token)
    {
        var response = context.Response;
        var headers = response.Headers;
        foreach (ref readonly var field in reply.Head.Fields)
        {
            if (!IsOurs(field)) headers.Append(field.Name, field.Value);
        }

        var isHit = reply.Forward == ForwardReason.None || reply.Result == CacheResult.Joined;
        if (reply.WasHeld || reply.Head.TryGet("Age", out _)) headers.Age = Freshness.Format(reply.Age);
        headers[PeerFields.Outcome] = isHit ? PeerFields.Hit : PeerFields.Miss;
        if (FieldText.IsPlain(reply.FinalUrl)) headers[PeerFields.FinalUrl] = reply.FinalUrl;
        var upstreams = reply.Head.Combined("Cache-Status");
        headers["Cache-Status"] = upstreams is null ? CacheStatus.Of(reply, "peer") : $"{upstreams}, {CacheStatus.Of(reply, "peer")}";
        metrics.Served(isHit ? PeerAnswer.Hit : PeerAnswer.Miss);
        var part = reply.Head.Status is >= 200 and < 300 ? MediaAnswer.Begin(context, reply, range, time) : new MediaAnswer(reply.Head.Status, 0, 0, SendsBody: false);
        response.StatusCode = part.Status;
        if (!part.SendsBody && part.Status >= 400) response.ContentLength = 0;
        headers[PeerFields.Proof] = tokens.Proof(PeerFields.ProofOf(token, part.Status));
        if (part.SendsBody) await BodySender.SendAsync(context, reply, part, new Transfer(time.GetTimestamp()), time);
        else await response.StartAsync(context.RequestAborted);
    }

    private async Task AnswerNoneAsync(HttpContext context, string token)
    {
        metrics.Served(PeerAnswer.None);
        var response = context.Response;
        // Not 504, as only-if-cached has it: that would count against the node's health.
        response.StatusCode = StatusCodes.Status404NotFound;
        response.ContentLength = 0;
        response.Headers[PeerFields.Outcome] = PeerFields.None;
        response.Headers[PeerFields.Proof] = tokens.Proof(PeerFields.ProofOf(token, StatusCodes.Status404NotFound));
        await response.StartAsync(context.RequestAborted);
    }

    private bool CameThroughHere(HttpRequest request)
    {
        foreach (var line in request.Headers[PeerFields.Loop])
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var name = line.AsSpan()[part].Trim();
                if (name.IndexOf(';') is var end and >= 0) name = name[..end];
                if (name.Trim().Equals(options.Self, StringComparison.Ordinal)) return true;
            }
        }

        return false;
    }

    private static CacheDirectives CacheDirectivesOf(HttpRequest request) =>
        request.Headers.CacheControl is [{ } value] ? CacheDirectives.OfRequest([new HeaderLine("Cache-Control", value)]) : CacheDirectives.None;

    private static CacheRequest WantedOf(HttpRequest request, PeerTarget target, RangeHeader range, bool isOurs) => new()
    {
        Address = target.Address,
        Purpose = request.Headers.ContainsKey(PeerFields.Ahead) ? FetchPurpose.Prefetch : FetchPurpose.Demand,
        Rules = StorageRules.Media,
        HeadOnly = HttpMethods.IsHead(request.Method),
        Range = range.AsAsked,
        Title = target.Title,
        Fields = isOurs ? [] : OnlyIfHeld,
    };

    /// <summary>Fields that are written here.</summary>
    private static bool IsOurs(in HeaderLine field) =>
        field.Is("Content-Length") || field.Is("Content-Range") || field.Is("Age") || field.Is("Cache-Status") || field.Name.StartsWith("X-Peer-", StringComparison.OrdinalIgnoreCase);
}
