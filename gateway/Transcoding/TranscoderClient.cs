using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Json;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Transcoding;

/// <summary>
/// Calls the transcoder's API: <c>POST /transcode/start</c> and <c>DELETE /transcode/{id}</c>, with its bearer key, within <see cref="TranscoderOptions.CallTimeout"/>. It follows no
/// redirect, reads no more than <see cref="MaxReply"/> bytes, and never throws for what the transcoder does. Whatever address the transcoder names is used only where it is one of a
/// configured cluster.
/// </summary>
internal sealed partial class TranscoderClient(TranscoderOptions options, Upstreams upstreams, IssueSourceKey issueKey, TimeProvider time, ILogger<TranscoderClient> log) : IDisposable
{
    private const int MaxReply = 64 << 10;

    /// <summary>Longest id that is taken; it stands in paths.</summary>
    private const int MaxId = 200;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = options.CallTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        BaseAddress = options.IsOn() ? new Uri(options.Url.TrimEnd('/') + "/") : null,
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxReply,
    };

    /// <summary>The name under which this gateway holds titles: other gateways may hold the same ones.</summary>
    public string Holder { get; } = $"gateway-{Guid.NewGuid():N}";

    /// <summary>Has a title made ready, and holds it.</summary>
    public async Task<StartResult> StartAsync(string mediaId, StartConditions? conditions, CancellationToken stopping)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "transcode/start") { Content = new ByteArrayContent(BodyFor(mediaId, conditions)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
            var (status, body, retryAfter) = await SendAsync(request, stopping);
            if (status is not (HttpStatusCode.OK or HttpStatusCode.Created))
            {
                LogRefused((int)status);
                return new StartResult(OutcomeOf(status, retryAfter), RetryAfter: retryAfter);
            }

            if (TryRead(mediaId, body) is { } transcode) return new StartResult(StartOutcome.Started, transcode);
            LogUnusable(options.Cluster);
            return new StartResult(StartOutcome.Failed);
        }
        catch (Exception e) when (OutcomeOf(e) is not null)
        {
            LogNotAnswered(OutcomeOf(e)!.Value);
            return new StartResult(OutcomeOf(e)!.Value);
        }
    }

    /// <summary>Lets go of a title; true when the transcoder has taken note, or knows nothing of it.</summary>
    public async Task<bool> EndAsync(string transcodeId, CancellationToken stopping)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"transcode/{Uri.EscapeDataString(transcodeId)}?sessionId={Holder}");
            var (status, _, _) = await SendAsync(request, stopping);
            return (int)status is >= 200 and < 300 or 404 or 410;
        }
        catch (Exception e) when (OutcomeOf(e) is not null)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, byte[] Body, TimeSpan? RetryAfter)> SendAsync(HttpRequestMessage request, CancellationToken stopping)
    {
        if (options.Key.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
        using var limit = new CancellationTokenSource(options.CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        try
        {
            using var answer = await _http.SendAsync(request, both.Token);
            return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(both.Token), answer.Headers.RetryAfter?.Delta);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw new TimeoutException("The transcoder did not answer in time.", e);
        }
    }

    private byte[] BodyFor(string mediaId, StartConditions? conditions)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("mediaId", mediaId);
            json.WriteString("profile", options.Profile);
            json.WriteString("sessionId", Holder);
            if (conditions?.BandwidthKbps is { } kbps) json.WriteNumber("bandwidthKbps", kbps);
            if (conditions?.JitterKbps is { } jitter) json.WriteNumber("jitterKbps", jitter);
            if (conditions?.PositionSec is > 0 and var position) json.WriteNumber("startPositionSec", position);
            if (options.SourceBaseUrl.Length > 0)
            {
                json.WriteString("sourceUrl", options.SourceBaseUrl.TrimEnd('/') + TitleTemplate.PathOf($"internal/stream/{TitleTemplate.Name}", mediaId));
                json.WriteString("sourceToken", issueKey(mediaId));
            }

            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private Transcode? TryRead(string mediaId, byte[] body)
    {
        if (!StrictJson.TryParse(body, out var document)) return null;
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || TextOf(document.RootElement, "transcodeId") is not { Length: > 0 and <= MaxId } id) return null;
            var hls = AddressOf(TextOf(document.RootElement, "manifestUrl"));
            var dash = AddressOf(TextOf(document.RootElement, "mpdUrl"));
            return hls is null && dash is null ? null : new Transcode(mediaId, id, hls, dash);
        }
    }

    private MediaAddress? AddressOf(string? url) =>
        url is not null && Uri.TryCreate(_http.BaseAddress!, url, out var absolute) && upstreams.Current.TryLocate(absolute, options.Cluster, out var address) && options.Makes(address) ? address : null;

    private static string? TextOf(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static StartOutcome OutcomeOf(HttpStatusCode status, TimeSpan? retryAfter) => (int)status switch
    {
        404 or 410 => StartOutcome.Unknown,
        429 or 503 => StartOutcome.Busy,
        504 => StartOutcome.TimedOut,
        >= 500 when retryAfter is not null => StartOutcome.Interrupted,
        _ => StartOutcome.Failed,
    };

    /// <summary>By the kind of exception, not by its text; null for what is no failure of the transcoder.</summary>
    private static StartOutcome? OutcomeOf(Exception e) => e switch
    {
        TimeoutException => StartOutcome.TimedOut,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => StartOutcome.Failed,
        HttpRequestException or IOException => StartOutcome.Unreachable,
        _ => null,
    };

    // Next free id: 1153. The title's name is a client's word, and is not logged.
    [LoggerMessage(1150, LogLevel.Debug, "The transcoder refused a start: status {Status}", EventName = nameof(LogRefused))]
    private partial void LogRefused(int status);

    [LoggerMessage(1151, LogLevel.Warning, "The transcoder's reply to a start is of no use: it has no id, or its manifests are not below 'Gateway:Transcoder:MediaFolders' of the cluster '{Cluster}'", EventName = nameof(LogUnusable))]
    private partial void LogUnusable(string cluster);

    [LoggerMessage(1152, LogLevel.Warning, "The transcoder did not answer a start: {Outcome}", EventName = nameof(LogNotAnswered))]
    private partial void LogNotAnswered(StartOutcome outcome);
}
