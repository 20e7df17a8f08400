using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.Problems;
using Gateway.Sessions.Registry;
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
        if (groups.Join(name) is not { } member)
        {
            context.Response.ContentType = null;
            await ProblemDocument.WriteAsync(context, ProblemCode.Overloaded);
            return;
        }

        try
        {
            await context.Response.WriteAsync("retry: 1000\n\n", context.RequestAborted);
            while (!context.RequestAborted.IsCancellationRequested) await TellNextAsync(context, session, member.Reader);
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

    private async Task TellNextAsync(HttpContext context, SessionState session, ChannelReader<GroupState> states)
    {
        using var quiet = new CancellationTokenSource(KeepAlive, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, context.RequestAborted);
        string text;
        try
        {
            var state = await states.ReadAsync(either.Token);
            text = $"event: state\ndata: {Json(state, state.Leader == session.Id)}\n\n";
        }
        catch (OperationCanceledException) when (quiet.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            text = ":\n\n";
        }

        session.Touch(time.GetUtcNow());
        await context.Response.WriteAsync(text, Encoding.UTF8, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private string Json(GroupState state, bool leads) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"mediaId":"{{JsonEncodedText.Encode(state.MediaId)}}","positionSec":{{state.PositionSec:0.000}},"isPlaying":{{(state.IsPlaying ? "true" : "false")}},"ageMs":{{Math.Max(0, (time.GetUtcNow() - state.At).TotalMilliseconds):0}},"leads":{{(leads ? "true" : "false")}}}""");
}
