using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.Problems;
using Gateway.Sessions.Registry;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Sessions.Groups;

/// <summary>
/// <c>GET …/{id}/group</c>: what the session's group plays, as server-sent events (HTML standard §9.2): one <c>state</c> now and one with each change. Its age is told instead of a time, so that no two clocks have to agree.
/// </summary>
internal sealed class GroupEvents(ListeningGroups groups, TimeProvider time)
{
    /// <summary>A comment keeps proxies from taking the silence for an end, and finds members that have gone.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public async Task FollowAsync(HttpContext context, SessionState session)
    {
        if (session.Parameters.GroupId is not { } name)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.SessionConflict, new ProblemNotes { Detail = "The session is in no group: create it with a groupId." });
            return;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (HttpMethods.IsHead(context.Request.Method)) return;
        if (groups.Join(name, session.Id) is not { } member)
        {
            context.Response.ContentType = null;
            await ProblemDocument.WriteAsync(context, ProblemCode.Overloaded);
            return;
        }

        try
        {
            await context.Response.WriteAsync("retry: 1000\n\n", context.RequestAborted);
            while (!context.RequestAborted.IsCancellationRequested && await TryTellNextAsync(context, session, member.Reader))
            {
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The member has left.
        }
        finally
        {
            groups.Leave(name, member);
        }
    }

    /// <returns>False when the session is over: its stream ends, and the player's next try is told why.</returns>
    private async Task<bool> TryTellNextAsync(HttpContext context, SessionState session, ChannelReader<GroupState> states)
    {
        using var quiet = new CancellationTokenSource(KeepAlive, time);
        // A server that stops asks its connections to close, and waits for answers under way: this one would never end.
        var closing = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, context.RequestAborted, closing);
        string text;
        try
        {
            var state = await states.ReadAsync(either.Token);
            text = $"event: state\ndata: {Json(state, state.Leader == session.Id)}\n\n";
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            if (closing.IsCancellationRequested) return false;
            text = ":\n\n";
        }

        if (!groups.MayFollow(session.Id)) return false;
        session.Touch(time.GetUtcNow());
        await context.Response.WriteAsync(text, Encoding.UTF8, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        return true;
    }

    private string Json(GroupState state, bool leads) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"mediaId":"{{JsonEncodedText.Encode(state.MediaId)}}","positionSec":{{state.PositionSec:0.000}},"isPlaying":{{(state.IsPlaying ? "true" : "false")}},"ageMs":{{Math.Max(0, (time.GetUtcNow() - state.At).TotalMilliseconds):0}},"leads":{{(leads ? "true" : "false")}}}""");
}
