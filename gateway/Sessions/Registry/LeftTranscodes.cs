using System.Collections.Concurrent;
using System.Threading.Channels;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Transcoding;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Ends what the transcoder makes for titles that no session plays any more: at once when the last session of a title ends, and after <see cref="TranscoderOptions.IdleTimeout"/> for a
/// title that came to no session, or whose sessions are not known here. A title is shared by all its sessions, and a handoff's successor is one of them before the old one ends.
/// </summary>
/// <remarks>One worker, woken by session ends and by a timer. It tells the transcoder of each title on its own and does not wait for that; session ends hold no lock when they come here.</remarks>
internal sealed partial class LeftTranscodes(SessionRegistry sessions, Transcodes transcodes, TranscodeEnding ending, MediaOptions media, SessionsOptions options, TimeProvider time, ILogger<LeftTranscodes> log)
    : BackgroundService
{
    private readonly ConcurrentQueue<string> _left = new();
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!transcodes.IsOn) return Task.CompletedTask;
        sessions.SessionEnded += Ended;
        return base.StartAsync(cancellationToken);
    }

    /// <summary>One round; the worker's loop is nothing but this.</summary>
    /// <param name="stopping">The host stops.</param>
    /// <returns>Completes when the transcoder knows of all that were let go of in this round.</returns>
    public Task RoundAsync(CancellationToken stopping)
    {
        var left = new HashSet<string>(StringComparer.Ordinal);
        while (_left.TryDequeue(out var mediaId)) left.Add(mediaId);
        var held = transcodes.Held();
        if (held.Length == 0) return Task.CompletedTask;
        var watched = sessions.All.Select(TitleOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var over = held.Where(t => !watched.Contains(t.MediaId) && (left.Contains(t.MediaId) || time.GetElapsedTime(t.LastUse) > transcodes.IdleTimeout));
        return Task.WhenAll([.. over.Select(t => ending.EndAsync(t, stopping))]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var timer = time.CreateTimer(_ => _bell.Writer.TryWrite(true), null, options.SweepInterval, options.SweepInterval);
        try
        {
            while (await _bell.Reader.WaitToReadAsync(stoppingToken))
            {
                _bell.Reader.TryRead(out _);
                _ = TryRoundAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the transcoder ends by itself what nobody asks for.
        }
    }

    private async Task TryRoundAsync(CancellationToken stopping)
    {
        try
        {
            await RoundAsync(stopping);
        }
        catch (Exception e)
        {
            // The transcoder's own limits remain; the host must not end for it.
            LogRoundFailed(e);
        }
    }

    private void Ended(SessionState session)
    {
        if (TitleOf(session) is not { } mediaId) return;
        _left.Enqueue(mediaId);
        _bell.Writer.TryWrite(true);
    }

    private string? TitleOf(SessionState session)
    {
        if (session.Parameters.MediaId.Length > 0) return session.Parameters.MediaId;
        return string.Equals(session.Entry.Cluster, OriginOptions.DefaultCluster, StringComparison.Ordinal) ? media.TitleAt(session.Entry.Path) : null;
    }

    // Next free id: 15.
    [LoggerMessage(14, LogLevel.Error, "Ending titles that nobody plays failed; the transcoder ends them when they are idle", EventName = nameof(LogRoundFailed))]
    private partial void LogRoundFailed(Exception exception);
}
