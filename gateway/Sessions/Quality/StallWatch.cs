using Gateway.Adaptation;

namespace Gateway.Sessions.Quality;

/// <summary>
/// Infers from CMCD when playback stalled, for players that report in different ways:
/// hls.js sends <c>bs</c> once with the first video request after its buffer ran empty; dash.js does the same, and after every seek as well; shaka-player
/// never sends <c>bs</c>, but <c>su</c> comes back while it waits, in a short stall with a request for sound only, and not always; version 2 has <c>sta=r</c>.
/// </summary>
/// <remarks>
/// A seek is told from a stall by what is asked for: after a stall the next segment, after a seek one somewhere else. Nothing counts before playing has begun,
/// which is when a request comes without <c>su</c>, or one with <c>bs</c> when there was time to play what came before, or when the buffer has got shorter. The length of a stall is an estimate: from when the buffer of the report before must have run
/// out, to the report itself or to the first one without <c>su</c>. Not thread-safe; the owner locks.
/// </remarks>
internal sealed class StallWatch
{
    /// <summary>Two signs closer than this are one stall that audio and video report each.</summary>
    private static readonly TimeSpan OneStall = TimeSpan.FromSeconds(1);

    /// <summary>A start-up that has had media for this long counts as playing.</summary>
    private static readonly TimeSpan LongStart = TimeSpan.FromSeconds(2);

    /// <summary>Players report buffers rounded to 100 ms (CTA-5004 §3.2), and a request takes its time; a shorter stall cannot be told from none.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan BufferStep = TimeSpan.FromMilliseconds(100);

    private bool _began;
    private int _reports;
    private bool _filled;
    private DateTimeOffset _firstReport;
    private bool _stalling;
    private bool _seesVideo;
    private bool _soundTold;
    private bool _starvedWithInit;
    private DateTimeOffset _stalledSince;
    private DateTimeOffset _lastEnded = DateTimeOffset.MinValue;
    private LastReport _video;
    private LastReport _sound;

    /// <summary>
    /// Takes the report of a request for an init section. hls.js sends <c>bs</c> once, with its next request: after a change of rendition that is this one. Only
    /// the segment after it shows whether the player went on or sought.
    /// </summary>
    public void LookAtInit(CmcdReport report) => _starvedWithInit |= report.BufferStarved;

    /// <summary>Takes one report.</summary>
    /// <param name="report">Came with a request for media.</param>
    /// <param name="continues">The request asks for what follows the one before, or for anything when no timeline is known.</param>
    /// <param name="now">When it came.</param>
    /// <param name="stalled">How long, with <see cref="StallSign.Ended"/> and <see cref="StallSign.Passed"/>.</param>
    public StallSign Look(CmcdReport report, bool continues, DateTimeOffset now, out TimeSpan stalled)
    {
        stalled = default;
        if (!IsAboutVideo(report.ObjectType)) return LookAtSound(report, continues, now, out stalled);
        if (_starvedWithInit) report = report with { BufferStarved = true };
        _starvedWithInit = false;
        if (IsToldAlready(report)) report = report with { BufferStarved = false, Startup = false };
        if (_reports++ == 0) _firstReport = now;
        // A buffer reported as starved was not empty before: some players send their whole start-up buffer's requests with "su".
        if (report.BufferStarved && _filled && _reports > 2 && now - _firstReport >= LongStart) _began = true;
        if (continues && HasPlayedSince(report, now)) _began = true;
        _filled |= report.BufferMs is null or > 0;
        var sign = Judge(report, continues, now, ref stalled);
        _video = LastReport.Of(report, now);
        if (sign is StallSign.Ended or StallSign.Passed) _lastEnded = now;
        return sign;
    }

    private StallSign Judge(CmcdReport report, bool continues, DateTimeOffset now, ref TimeSpan stalled)
    {
        var seeking = !continues || report.State is "k";
        if (_stalling)
        {
            // A seek ends a stall as well: a wait after it has another cause.
            if ((report.Startup || report.State is "r") && !seeking) return StallSign.Nothing;
            _stalling = false;
            stalled = now - _stalledSince;
            return StallSign.Ended;
        }

        var waits = report.Startup || report.State is "s" or "r" or "w";
        if (!_began)
        {
            _began = !waits && _filled;
            return StallSign.Nothing;
        }

        if (seeking) return StallSign.Nothing;
        if (!report.BufferStarved && !report.Startup && report.State is not "r" && !HasRunDry(report, now)) return StallSign.Nothing;
        if (now - _lastEnded < OneStall) return StallSign.Nothing;
        var ranOut = _video.RanOutAt(now);
        if (ranOut <= _lastEnded)
        {
            // The buffer ran out while video waited for audio: still the same stall.
            _lastEnded = now;
            return StallSign.Nothing;
        }

        _stalledSince = ranOut < now ? ranOut : now;
        if (report.Startup || report.State is "r" || (!report.BufferStarved && IsEmpty(report)))
        {
            _stalling = true;
            return StallSign.Began;
        }

        stalled = now - _stalledSince;
        return StallSign.Passed;
    }

    /// <summary>Playback has used up what the video's buffer held at the report before, and not faster than it can.</summary>
    private bool HasPlayedSince(CmcdReport report, DateTimeOffset now)
    {
        if (_video.Buffer is not { } held || report.BufferMs is not { } leftMs) return false;
        var played = held + _video.Brings - TimeSpan.FromMilliseconds(leftMs);
        return played >= LongStart && now - _video.At >= played - Doubt;
    }

    /// <summary>
    /// The buffer must have run out a while ago, and now holds nothing, or more of the last segment than would be left if playback had not waited for it.
    /// shaka-player reports no more than that when it changes the rendition just as playback goes on.
    /// </summary>
    private bool HasRunDry(CmcdReport report, DateTimeOffset now)
    {
        if ((report.BufferMs ?? report.DeadlineMs) is not { } leftMs || _video.Buffer is null || report.PlaybackRate != 1) return false;
        var since = now - _video.RanOutAt(now);
        if (since <= Doubt) return false;
        var left = TimeSpan.FromMilliseconds(leftMs);
        return IsEmpty(report) || (left <= _video.Brings + BufferStep && left > _video.Brings - since + Doubt);
    }

    private static bool IsEmpty(CmcdReport report) => (report.BufferMs ?? report.DeadlineMs) == 0;

    /// <summary>
    /// Audio and video stall together. Where a player has one <c>su</c> for both, it counts on an audio request as well; dash.js reports each separately, and
    /// then <c>bs</c> on audio alone means a stall for which video was buffered. It sends <c>bs</c> after its start as well, when nothing can have run out yet.
    /// </summary>
    private StallSign LookAtSound(CmcdReport report, bool continues, DateTimeOffset now, out TimeSpan stalled)
    {
        stalled = default;
        if (report.ObjectType is not "a") return StallSign.Nothing;
        var ranOut = _sound.RanOutAt(now);
        _sound = LastReport.Of(report, now);
        if (!_began || !continues || now - _lastEnded < OneStall) return StallSign.Nothing;
        if (report.BufferStarved)
        {
            if (_stalling || ranOut > now || ranOut <= _lastEnded) return StallSign.Nothing;
            stalled = now - ranOut;
            _lastEnded = now;
            return StallSign.Passed;
        }

        if (report.Startup == _stalling) return StallSign.Nothing;
        if (report.Startup)
        {
            if (ranOut <= _lastEnded)
            {
                // Audio ran out in the stall that a video request reported, and arrived later than video: still the same stall.
                _lastEnded = now;
                return StallSign.Nothing;
            }

            _stalling = _soundTold = true;
            _stalledSince = ranOut < now ? ranOut : now;
            return StallSign.Began;
        }

        // A stall that a video request reported ends with a video request.
        if (!_soundTold) return StallSign.Nothing;
        _stalling = false;
        stalled = now - _stalledSince;
        _lastEnded = now;
        return StallSign.Ended;
    }

    /// <summary>hls.js keeps its <c>bs</c> for the next video request, which may come after an audio request has shown that playback goes on.</summary>
    private bool IsToldAlready(CmcdReport report)
    {
        var told = _soundTold && !_stalling && report.BufferStarved;
        if (!_stalling || report.BufferStarved) _soundTold = false;
        return told;
    }

    /// <summary>Audio that waits while video goes on is no stall, unless there is no video.</summary>
    private bool IsAboutVideo(string? objectType)
    {
        if (objectType is "v" or "av") _seesVideo = true;
        return objectType is "v" or "av" or null || (objectType is "a" && !_seesVideo);
    }

    /// <summary>When a kind of media was last requested, what its buffer held then (unknown while nothing was played from it), and how long the requested segment plays.</summary>
    private readonly record struct LastReport(DateTimeOffset At, TimeSpan? Buffer, TimeSpan Brings)
    {
        public static LastReport Of(CmcdReport report, DateTimeOffset now) => new(
            now, report is { IsAtRest: false, BufferMs: { } ms } ? TimeSpan.FromMilliseconds(ms) : null, TimeSpan.FromMilliseconds(report.DurationMs ?? 0));

        /// <summary>When that buffer was empty, at normal speed; now, where it is not known.</summary>
        public DateTimeOffset RanOutAt(DateTimeOffset now) => Buffer is { } buffer ? At + buffer : now;
    }
}
