using System.Globalization;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Transcoding;

/// <summary>
/// Fetches from upstream, and has made what is not there. Stands between the cache and <see cref="OriginFetch"/>, so one fetch here serves all who wait for it:
/// (1) what the transcoder makes when it is asked for gets the time that takes, and one request;
/// (2) everything else is asked of the origin;
/// (3) a title's manifest that the origin does not have is asked of the transcoder: the title is started, unless it is held, and the transcoder's manifest is answered as after a redirect;
/// (4) what the transcoder could not make becomes a failure with its reason: waiting, interrupted or failed.
/// A transcoder that has forgotten a title, as after its restart, is asked to start it again, once for each request.
/// </summary>
internal sealed class TranscodingFetch(OriginFetch origin, Transcodes transcodes, TranscoderOptions options, MediaOptions media)
{
    /// <summary>Code of the transcoder's problem for a title that it does not know, or knows no more.</summary>
    private static readonly byte[] ForgottenCode = "\"TRANSCODER_TRANSCODE_UNKNOWN\""u8.ToArray();

    private const int MostOfAProblem = 4 << 10;

    private readonly TrackCapability _tracks = new(options, origin);

    public ValueTask<OriginReply> FetchAsync(OriginRequest request, CancellationToken cancellation)
    {
        if (request.Verbatim) return origin.FetchAsync(request, cancellation);
        if (options.Makes(request.Address)) return MadeAsync(request, cancellation);
        return string.Equals(request.Address.Cluster, OriginOptions.DefaultCluster, StringComparison.Ordinal) && media.TitleAt(request.Address.Path) is { } mediaId
            ? ManifestAsync(request, mediaId, cancellation)
            : origin.FetchAsync(request, cancellation);
    }

    /// <summary>Steps 2 and 3.</summary>
    private async ValueTask<OriginReply> ManifestAsync(OriginRequest request, string mediaId, CancellationToken cancellation)
    {
        var reply = await origin.FetchAsync(request, cancellation);
        // A refusal (401, 403) is no absence, though some object stores answer so for what is missing: what the origin keeps from a viewer is not made from its source instead.
        if (!reply.Answered || reply.Head.Status is not (404 or 410)) return reply;
        var absence = reply.Head.Status;
        await reply.DisposeAsync();
        for (var isAgain = false; ; isAgain = true)
        {
            var result = await transcodes.StartAsync(mediaId, request.Start, cancellation);
            if (result?.Transcode is not { } transcode) return ReplyTo(result, absence);
            var isHls = TitleTemplate.TryRead(media.HlsPath, request.Address.Path, out _);
            if ((isHls ? transcode.Hls : transcode.Dash) is not { } address) return Status(absence, null);
            var made = await AskAsync(request, address, cancellation);
            if (made is not null) return made;
            // Forgotten: what is held is void.
            transcodes.TryTake(transcode);
            if (isAgain) return OriginReply.Failed(OriginFailure.BuildInterrupted);
        }
    }

    /// <summary>Step 1.</summary>
    private async ValueTask<OriginReply> MadeAsync(OriginRequest request, CancellationToken cancellation)
    {
        var id = IdIn(request.Address.Path);
        var mediaId = id is null ? null : transcodes.TitleOf(id);
        var before = mediaId is null ? null : transcodes.Use(mediaId);
        if (await AskAsync(request, request.Address, cancellation) is { } made) return made;
        // Another gateway started the title, and let go of it when its own sessions had gone: here one plays on.
        if ((mediaId ?? request.Start?.MediaId) is not { } title) return Status(404, null);

        // What was started anew since, for another file of it, is good.
        if (before is not null) transcodes.TryTake(before);
        var result = await transcodes.StartAsync(title, request.Start, cancellation);
        if (result?.Transcode is not { } transcode) return ReplyTo(result, 404);
        // It has another name now: what was asked for is not coming back.
        if (!string.Equals(transcode.Id, id, StringComparison.Ordinal)) return Status(404, null);
        return await AskAsync(request, request.Address, cancellation) ?? Status(404, null);
    }

    /// <summary>Asks the transcoder for a file; null when it has forgotten the title.</summary>
    private async ValueTask<OriginReply?> AskAsync(OriginRequest request, MediaAddress address, CancellationToken cancellation)
    {
        var reply = await _tracks.FetchAsync(request.ForMade(_tracks.Open(address), options.SegmentPatience), cancellation);
        if (!reply.Answered) return reply;
        switch (reply.Head.Status)
        {
            case 404 when !request.HeadOnly && await IsForgottenAsync(reply, cancellation):
                await reply.DisposeAsync();
                return null;
            case 404:
                await reply.DisposeAsync();
                return Status(404, null);
            case 422 or 500 or 501 or 502:
                // Step 4. The transcoder says by Retry-After whether the same request may succeed.
                var isTransient = reply.Head.TryGet("Retry-After", out _);
                await reply.DisposeAsync();
                return OriginReply.Failed(isTransient ? OriginFailure.BuildInterrupted : OriginFailure.BuildFailed, reply.Tries);
            default:
                return reply;
        }
    }

    private static async ValueTask<bool> IsForgottenAsync(OriginReply reply, CancellationToken cancellation)
    {
        var problem = new byte[MostOfAProblem];
        var length = 0;
        try
        {
            while (length < problem.Length && await reply.ReadAsync(problem.AsMemory(length), cancellation) is > 0 and var read) length += read;
        }
        catch (OriginBrokenException)
        {
            return false;
        }
        catch
        {
            // Whoever waited has left: the reply goes to nobody.
            await reply.DisposeAsync();
            throw;
        }

        return problem.AsSpan(0, length).IndexOf(ForgottenCode) >= 0;
    }

    /// <summary>The id of a transcode: the first name below one of the folders.</summary>
    private string? IdIn(string path)
    {
        foreach (var folder in options.MediaFolders)
        {
            if (!path.StartsWith(folder, StringComparison.Ordinal)) continue;
            var end = path.IndexOf('/', folder.Length);
            return end > folder.Length ? Uri.UnescapeDataString(path[folder.Length..end]) : null;
        }

        return null;
    }

    private static OriginReply ReplyTo(StartResult? result, int absence) => result?.Outcome switch
    {
        null => Status(503, TimeSpan.FromSeconds(1)),
        StartOutcome.Busy => Status(503, result.RetryAfter ?? TimeSpan.FromSeconds(1)),
        StartOutcome.Unknown => Status(absence, null),
        StartOutcome.Failed => OriginReply.Failed(OriginFailure.BuildFailed),
        _ => OriginReply.Failed(OriginFailure.BuildInterrupted),
    };

    private static OriginReply Status(int status, TimeSpan? retryAfter) => new(
        new ResponseHead(status, retryAfter is { } wait ? [new HeaderLine("Retry-After", Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture))] : []),
        string.Empty,
        0,
        Stream.Null);
}
