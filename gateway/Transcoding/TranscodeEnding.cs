namespace Gateway.Transcoding;

/// <summary>Tells the transcoder of titles that nobody plays any more. What it does not take note of is told again, a few times; then the transcoder's own idle limit has to do.</summary>
/// <remarks>Each end runs on its own, with no lock held, so that a transcoder that is slow to end one title holds up nobody.</remarks>
internal sealed partial class TranscodeEnding(Transcodes transcodes, TranscoderClient client, TranscodeMetrics metrics, TimeProvider time, ILogger<TranscodeEnding> log)
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)];

    /// <summary>Ends one title. A title that was started again meanwhile is left alone.</summary>
    public async Task EndAsync(Transcode transcode, CancellationToken stopping)
    {
        if (!transcodes.TryTake(transcode)) return;
        try
        {
            for (var tries = 0; ; tries++)
            {
                if (transcodes.Holds(transcode.MediaId)) return;
                if (await client.EndAsync(transcode.Id, stopping))
                {
                    metrics.Ended(isDone: true);
                    return;
                }

                if (tries == Waits.Length)
                {
                    LogGivenUp(tries + 1);
                    metrics.Ended(isDone: false);
                    return;
                }

                LogAgain(Waits[tries].TotalSeconds);
                await Task.Delay(Waits[tries], time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The gateway stops; the transcoder ends by itself what nobody asks for.
        }
    }

    // Next free id: 1162.
    [LoggerMessage(1160, LogLevel.Warning, "The transcoder did not end a title that nobody plays; it is told again in {Seconds} s", EventName = nameof(LogAgain))]
    private partial void LogAgain(double seconds);

    [LoggerMessage(1161, LogLevel.Warning, "The transcoder did not end a title after {Tries} tries; it ends by the transcoder's own idle limit", EventName = nameof(LogGivenUp))]
    private partial void LogGivenUp(int tries);
}
