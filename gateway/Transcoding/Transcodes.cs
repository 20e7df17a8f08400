using Gateway.Media;
using Microsoft.Extensions.Caching.Memory;

namespace Gateway.Transcoding;

/// <summary>
/// The titles that the transcoder makes for this gateway. Whoever needs one calls <see cref="StartAsync"/>: the first call asks the transcoder, all others join it or get what is held.
/// <see cref="TryTake"/> gives one up, for <see cref="TranscodeEnding"/> to tell the transcoder.
/// </summary>
/// <remarks>
/// Thread-safe. The lock protects the table and is held for look-ups only: nothing is sent, and nobody waits, under it. A start belongs to nobody: it goes on when those who wait for it leave.
/// </remarks>
internal sealed class Transcodes : IDisposable
{
    /// <summary>Ids remembered after their end: a player goes on with segments that it knows, and the title is started again.</summary>
    private const int MostRemembered = 10_000;

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Start> _titles = new(StringComparer.Ordinal);
    private readonly MemoryCache _titlesById = new(new MemoryCacheOptions { SizeLimit = MostRemembered });
    private readonly CancellationTokenSource _stopping = new();
    private readonly TranscoderClient _client;
    private readonly TranscoderOptions _options;
    private readonly TranscodeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly StartShares _shares;

    public Transcodes(TranscoderClient client, TranscoderOptions options, TranscodeMetrics metrics, TimeProvider time)
    {
        _client = client;
        _options = options;
        _metrics = metrics;
        _time = time;
        _shares = new StartShares(options);
        metrics.Watch(() => Held().Length);
    }

    /// <summary>Whether there is a transcoder.</summary>
    public bool IsOn => _options.IsOn();

    /// <inheritdoc cref="TranscoderOptions.IdleTimeout"/>
    public TimeSpan IdleTimeout => _options.IdleTimeout;

    /// <summary>The titles that are held.</summary>
    public Transcode[] Held()
    {
        lock (_gate) return [.. _titles.Values.Select(t => t.Transcode).OfType<Transcode>()];
    }

    /// <summary>Makes sure that a title is made; waits for the transcoder at most <see cref="TranscoderOptions.StartPatience"/>.</summary>
    /// <param name="mediaId">The title.</param>
    /// <param name="conditions">Who asks: counts for the first one, who starts it.</param>
    /// <param name="leaving">The wait ends; the start does not.</param>
    /// <returns>Null when the start is still under way.</returns>
    public async Task<StartResult?> StartAsync(string mediaId, StartConditions? conditions, CancellationToken leaving)
    {
        Start? start;
        lock (_gate)
        {
            if (!_titles.TryGetValue(mediaId, out start))
            {
                if (_titles.Count >= _options.MaxHeld || _stopping.IsCancellationRequested || !_shares.TryTake(conditions))
                {
                    _metrics.Refused();
                    return new StartResult(StartOutcome.Busy);
                }

                start = _titles[mediaId] = new Start();
                _ = Task.Run(() => RunAsync(mediaId, conditions, start), CancellationToken.None);
            }
        }

        try
        {
            return await start.Over.Task.WaitAsync(_options.StartPatience, _time, leaving);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The title of a transcode, also of one that has ended since.</summary>
    public string? TitleOf(string transcodeId) => _titlesById.TryGetValue(transcodeId, out string? mediaId) ? mediaId : null;

    /// <summary>One of a title's files was asked for.</summary>
    /// <returns>What is held of the title; null where nothing is, or not yet.</returns>
    public Transcode? Use(string mediaId)
    {
        lock (_gate)
        {
            if (!_titles.TryGetValue(mediaId, out var start)) return null;
            start.Transcode?.UsedAt(_time.GetTimestamp());
            return start.Transcode;
        }
    }

    /// <summary>Whether a title is held, or about to be.</summary>
    public bool Holds(string mediaId)
    {
        lock (_gate) return _titles.ContainsKey(mediaId);
    }

    /// <summary>Gives a title up; false when it is no longer held, or was started anew.</summary>
    public bool TryTake(Transcode transcode)
    {
        lock (_gate)
        {
            return _titles.TryGetValue(transcode.MediaId, out var start)
                && ReferenceEquals(start.Transcode, transcode)
                && _titles.Remove(transcode.MediaId);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _titlesById.Dispose();
    }

    /// <summary>Runs a start. One that brings no title is forgotten with its end: the next request asks again.</summary>
    private async Task RunAsync(string mediaId, StartConditions? conditions, Start start)
    {
        var started = _time.GetTimestamp();
        var result = new StartResult(StartOutcome.Unreachable);
        try
        {
            result = await _client.StartAsync(mediaId, conditions, _stopping.Token);
            if (result.Transcode is not { } transcode) return;
            transcode.UsedAt(_time.GetTimestamp());
            _titlesById.Set(transcode.Id, mediaId, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = Remembered });
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The gateway stops; those who wait learn that the transcoder was not reached.
        }
        finally
        {
            lock (_gate)
            {
                _shares.GiveBack(conditions);
                start.Transcode = result.Transcode;
                if (result.Transcode is null) _titles.Remove(mediaId);
            }

            _metrics.Started(result.Outcome, _time.GetElapsedTime(started));
            start.Over.SetResult(result);
        }
    }

    /// <summary>A title that is being started, or was.</summary>
    private sealed class Start
    {
        public TaskCompletionSource<StartResult> Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Set under the gate, when the start has brought one.</summary>
        public Transcode? Transcode { get; set; }
    }
}
