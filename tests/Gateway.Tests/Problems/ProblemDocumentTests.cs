using System.Text.Json;
using Gateway.Problems;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Problems;

public sealed class ProblemDocumentTests
{
    [Fact]
    public void Table_EveryCode_HasARowWithItsOwnStableName()
    {
        var rows = Enum.GetValues<ProblemCode>().Select(ProblemTable.Of).ToArray();
        Assert.Equal(rows.Length, rows.Select(r => r.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.All(rows, r =>
        {
            Assert.Matches("^STREAMING_[A-Z_]+$", r.Code);
            Assert.Matches("^[a-z_]+$", r.Reason);
            Assert.InRange(r.Status, 400, 504);
            Assert.EndsWith(".", r.Detail);
            // 503 and 429 always tell when to come back; 401 and 403 never do.
            if (r.Status is 503 or 429) Assert.Equal(HintState.Waiting, r.State);
            if (r.Status is 401 or 403) Assert.Equal(HintState.Blocked, r.State);
        });
    }

    [Theory]
    [InlineData("/play/x/master.m3u8", "GET", "manifest")]
    [InlineData("/api/v1/playback/sessions", "POST", "session_create")]
    [InlineData("/api/v1/playback/sessions/1/handoff", "POST", "session_create")]
    [InlineData("/api/v1/playback/t/origin/a.mpd", "GET", "manifest")]
    [InlineData("/api/v1/playback/t/origin/a.M3U8", "GET", "manifest")]
    [InlineData("/api/v1/playback/t/origin/init.mp4", "GET", "segment")]
    public async Task Write_OnStartupRoute_HasTheFiveHintFields(string path, string method, string stage)
    {
        var (context, json) = await Write(path, method, ProblemCode.AssetNotReady, new ProblemNotes { RetryAfter = TimeSpan.FromMilliseconds(1001) });
        var hint = json.GetProperty("startupHint");
        Assert.Equal(["stage", "state", "transient", "reason", "retryAfterMs"], hint.EnumerateObject().Select(p => p.Name));
        Assert.Equal(stage, hint.GetProperty("stage").GetString());
        Assert.Equal("waiting", hint.GetProperty("state").GetString());
        Assert.True(hint.GetProperty("transient").GetBoolean());
        Assert.Equal("asset_not_ready", hint.GetProperty("reason").GetString());
        Assert.Equal(1001, hint.GetProperty("retryAfterMs").GetInt32());
        Assert.Equal("2", context.Response.Headers.RetryAfter);
        Assert.Equal(503, context.Response.StatusCode);
        Assert.Equal("STREAMING_ASSET_NOT_READY", json.GetProperty("code").GetString());
        Assert.Equal("application/problem+json", context.Response.ContentType);
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(999, "1")]
    [InlineData(1000, "1")]
    [InlineData(1001, "2")]
    [InlineData(2500, "3")]
    public async Task Write_Transient_HeaderIsTheCeilingInSeconds(int milliseconds, string header)
    {
        var (context, _) = await Write("/play/x", "GET", ProblemCode.Draining, new ProblemNotes { RetryAfter = TimeSpan.FromMilliseconds(milliseconds) });
        Assert.Equal(header, context.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Write_NotTransient_HasNoRetryAfter()
    {
        var (context, json) = await Write("/play/x", "GET", ProblemCode.AssetBuildFailed, new ProblemNotes { RetryAfter = TimeSpan.FromSeconds(5) });
        Assert.Equal(JsonValueKind.Null, json.GetProperty("startupHint").GetProperty("retryAfterMs").ValueKind);
        Assert.False(context.Response.Headers.ContainsKey("Retry-After"));
    }

    [Fact]
    public async Task Write_NetworkCause_CanTurnAFailureIntoAWait()
    {
        var (context, json) = await Write("/play/x", "GET", ProblemCode.AssetBuildFailed, new ProblemNotes { State = HintState.Waiting });
        Assert.True(json.GetProperty("startupHint").GetProperty("transient").GetBoolean());
        Assert.Equal("1", context.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Write_FieldNames_AreEscaped()
    {
        var (_, json) = await Write("/api/v1/playback/sessions", "POST", ProblemCode.InvalidRequest, new ProblemNotes { Fields = [("mediaId", "is \"missing\"<script>")] });
        Assert.Equal("is \"missing\"<script>", json.GetProperty("errors")[0].GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Write_Head_HasLengthAndNoBody()
    {
        var context = NewContext("/play/x", "HEAD");
        await ProblemDocument.WriteAsync(context, ProblemCode.AssetNotFound);
        Assert.Equal(0, context.Response.Body.Length);
        Assert.True(context.Response.ContentLength > 0);
    }

    [Fact]
    public async Task Write_OverAPreparedAnswer_DropsItsDescription()
    {
        var context = NewContext("/play/x", "GET");
        context.Response.Headers.ETag = "\"x\"";
        context.Response.ContentLength = 123456;
        await ProblemDocument.WriteAsync(context, ProblemCode.OriginBroken);
        Assert.False(context.Response.Headers.ContainsKey("ETag"));
        Assert.Equal(context.Response.Body.Length, context.Response.ContentLength);
    }

    [Theory]
    [InlineData(ProblemCode.CredentialMissing, "session_token_required")]
    [InlineData(ProblemCode.TicketInvalid, "session_token_invalid")]
    [InlineData(ProblemCode.TicketExpired, "session_token_expired")]
    [InlineData(ProblemCode.ScopeMismatch, "session_token_scope_mismatch")]
    [InlineData(ProblemCode.AssetNotFound, "manifest_not_found")]
    [InlineData(ProblemCode.SessionEnded, "session_ended")]
    [InlineData(ProblemCode.Draining, "runtime_draining")]
    internal async Task Write_Reason_IsTheStableToken(ProblemCode code, string reason)
    {
        var (_, json) = await Write("/play/x", "GET", code, null);
        Assert.Equal(reason, json.GetProperty("startupHint").GetProperty("reason").GetString());
    }

    private static async Task<(HttpContext Context, JsonElement Json)> Write(string path, string method, ProblemCode code, ProblemNotes? notes)
    {
        var context = NewContext(path, method);
        await ProblemDocument.WriteAsync(context, code, notes);
        context.Response.Body.Position = 0;
        return (context, (await JsonDocument.ParseAsync(context.Response.Body)).RootElement);
    }

    private static DefaultHttpContext NewContext(string path, string method)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        context.Request.Method = method;
        context.Response.Body = new MemoryStream();
        return context;
    }
}
