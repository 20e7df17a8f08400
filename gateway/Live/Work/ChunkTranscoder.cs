using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Access.Streams;
using Gateway.Live.Keys;
using Gateway.Transcoding;

namespace Gateway.Live.Work;

/// <summary>
/// Has the transcoder make a segment of a chunk: <c>POST /process_stream_chunk</c> with two addresses at this gateway, one to read the chunk from and one to write the segment to, each with a token
/// that is good for that alone. No disk is shared, and no credential of a store is handed out. Never throws for what the transcoder does.
/// </summary>
internal sealed class ChunkTranscoder(TranscoderOptions transcoder, LiveOptions options, StreamToken tokens, TimeProvider time) : IDisposable
{
    public const string InputRoute = "/internal/stream_input";
    public const string OutputRoute = "/internal/stream_output";

    private const int MaxReply = 64 << 10;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        BaseAddress = transcoder.IsOn() ? new Uri(transcoder.Url.TrimEnd('/') + "/") : null,
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxReply,
    };

    /// <summary>What a token for one chunk is about.</summary>
    public static string SubjectOf(string session, int index) => $"{session}/{StreamChunkKey.SegmentNameOf(index)}";

    public async Task<(CallOutcome Outcome, TimeSpan? RetryAfter)> MakeAsync(StreamChunkPayload chunk, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(options.CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "process_stream_chunk") { Content = new ByteArrayContent(BodyFor(chunk)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
            if (transcoder.Key.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", transcoder.Key);
            using var answer = await _http.SendAsync(request, both.Token);
            return (OutcomeOf(answer.StatusCode), answer.Headers.RetryAfter?.Delta);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return (CallOutcome.Failed, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (CallOutcome.Unreachable, null);
        }
    }

    public void Dispose() => _http.Dispose();

    private byte[] BodyFor(StreamChunkPayload chunk)
    {
        var root = transcoder.SourceBaseUrl.TrimEnd('/');
        var subject = SubjectOf(chunk.SessionId, chunk.Index);
        // Longer than the call: a transcoder that is cut off in the middle of its answer writes nothing, and the token dies soon after.
        var lifetime = options.CallTimeout + TimeSpan.FromSeconds(30);
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("input_uri", $"{root}{InputRoute}/{chunk.SessionId}/{chunk.Index}?key={tokens.Issue(StreamPurpose.ReadChunk, subject, lifetime).Text}");
            json.WriteString("output_uri", $"{root}{OutputRoute}/{chunk.SessionId}/{chunk.Index}?key={tokens.Issue(StreamPurpose.WriteSegment, subject, lifetime).Text}");
            json.WriteString("mode", StreamModes.NameOf(chunk.Mode));
            json.WriteNumber("contract_version", chunk.ContractVersion);
            json.WriteString("session_id", chunk.SessionId);
            json.WriteNumber("index", chunk.Index);
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private static CallOutcome OutcomeOf(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => CallOutcome.Made,
        // The transcoder's own key or route is wrong: the operator's to mend, and no chunk's fault.
        401 or 403 or 404 or 405 => CallOutcome.Unreachable,
        429 or 503 => CallOutcome.Busy,
        408 or 504 => CallOutcome.Failed,
        >= 400 and < 500 => CallOutcome.Refused,
        _ => CallOutcome.Failed,
    };
}
