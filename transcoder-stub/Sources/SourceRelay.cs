using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Caching.Memory;

namespace TranscoderStub.Sources;

/// <summary>
/// Stands between ffmpeg and a remote source. ffmpeg reads an address of this program on the loopback interface; the relay adds the credential (which
/// would otherwise show in the list of processes), follows no redirect, and refuses bytes of another version than the one that was measured.
/// </summary>
internal sealed class SourceRelay(SourceOptions options, HttpClient client, IServer server) : IDisposable
{
    public const string Route = "/_stub/source/{token}";

    private const string All = "bytes=0-";

    // Tokens outlive every encoder that was given one; a source that is started again gets the same one.
    private static readonly TimeSpan s_life = TimeSpan.FromHours(12);
    private readonly MemoryCache _sources = new(new MemoryCacheOptions { SizeLimit = 10_000 });
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    public void Dispose() => _sources.Dispose();

    /// <summary>Looks at a remote source and makes it one that ffmpeg can open.</summary>
    /// <exception cref="TranscodeException">The address is not allowed, does not answer, or knows no ranges.</exception>
    public async Task<MediaSource> OpenAsync(string mediaId, string sourceUrl, string? bearer, CancellationToken stop)
    {
        if (!Uri.TryCreate(sourceUrl, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            throw TranscodeException.Wrong("'sourceUrl' has to be an absolute address of http or https without a user name.");
        if (!IsAllowed(address)) throw new TranscodeException(403, "TRANSCODER_SOURCE_HOST", "The host of 'sourceUrl' is not one of Transcoder:Sources:AllowedHosts.");

        using var answer = await SendAsync(new RemoteSource(address, bearer, null, 0), "bytes=0-0", stop);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone) throw TranscodeException.UnknownMedia();
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) throw new TranscodeException(422, "TRANSCODER_EMPTY", "The source is empty.");
        if (answer.StatusCode != HttpStatusCode.PartialContent || answer.Content.Headers.ContentRange?.Length is not { } length) throw TranscodeException.SourceGone();

        var tag = answer.Headers.ETag is { IsWeak: false } strong ? strong.Tag : null;

        // A query may be a signature that is new each time, or the name of the file. Only a strong tag makes sure of the content without it, and a tag
        // compares the versions of one resource (RFC 9110 section 8.8.3): which resource it is, the media id says.
        var place = address.GetLeftPart(tag is null ? UriPartial.Query : UriPartial.Path);
        var identity = string.Create(CultureInfo.InvariantCulture, $"{mediaId}|{place}|{length}|{tag ?? answer.Content.Headers.LastModified?.ToString("O", CultureInfo.InvariantCulture)}");
        var token = Convert.ToHexStringLower(HMACSHA256.HashData(_secret, System.Text.Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16));
        _sources.Set(token, new RemoteSource(address, bearer, tag, length), new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_life });
        return new MediaSource(mediaId, $"{OwnAddress()}{Route.Replace("{token}", token, StringComparison.Ordinal)}", identity, length, IsFile: false);
    }

    /// <summary>Answers one request of ffmpeg.</summary>
    public async Task RelayAsync(HttpContext context, string token)
    {
        var gone = context.RequestAborted;
        if (context.Connection.RemoteIpAddress is not { } peer || !IPAddress.IsLoopback(peer) || !_sources.TryGetValue(token, out RemoteSource? source))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            var wanted = context.Request.Headers.Range.ToString() is { Length: > 0 } range ? range : All;
            using var answer = await SendAsync(source!, wanted, gone);

            // A source without a tag is another one at least when its length is.
            var sameLength = answer.StatusCode != HttpStatusCode.PartialContent || answer.Content.Headers.ContentRange?.Length == source!.Length;
            var sameVersion = sameLength && (source!.Tag is null || answer.Headers.ETag?.Tag == source.Tag);

            // A server may ignore a range (RFC 9110 section 14.2): of use where all was wanted, and else no answer to what was asked.
            var isWhole = answer.StatusCode == HttpStatusCode.OK && wanted == All && answer.Content.Headers.ContentLength == source!.Length;
            var status = answer.StatusCode == HttpStatusCode.OK && !isWhole ? HttpStatusCode.BadGateway : answer.StatusCode;
            context.Response.StatusCode = sameVersion ? (int)status : StatusCodes.Status412PreconditionFailed;
            if (!sameVersion || !(isWhole || answer.StatusCode == HttpStatusCode.PartialContent)) return;
            context.Response.ContentLength = answer.Content.Headers.ContentLength;
            context.Response.Headers.AcceptRanges = "bytes";
            context.Response.Headers.ContentRange = answer.Content.Headers.ContentRange?.ToString();
            await answer.Content.CopyToAsync(context.Response.Body, gone);
        }
        catch (Exception e) when (e is TranscodeException or HttpRequestException or IOException or OperationCanceledException)
        {
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status502BadGateway;
            else context.Abort();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(RemoteSource source, string range, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, source.Address);
        request.Headers.TryAddWithoutValidation("Range", range);
        if (source.Bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", source.Bearer);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw TranscodeException.SourceGone();
        }
    }

    /// <summary>Whether this service may speak to an address at all.</summary>
    public bool IsAllowed(Uri address) => options.AllowedHosts.Length == 0
        ? address.IsLoopback
        : options.AllowedHosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Contains(address.Authority, StringComparer.OrdinalIgnoreCase);

    // ffmpeg gets an address of plain HTTP on loopback, whatever names and wildcards the server listens on.
    private string OwnAddress()
    {
        var own = server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(a => BindingAddress.Parse(a)).FirstOrDefault(a => a.Scheme == "http")
            ?? throw new TranscodeException(501, "TRANSCODER_NO_HTTP", "Remote sources need an address of plain HTTP to listen on.");
        return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{own.Port}");
    }
}
