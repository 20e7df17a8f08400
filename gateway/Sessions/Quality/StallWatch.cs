using Gateway.Adaptation;

namespace Gateway.Sessions.Quality;

/// <summary>
/// Finds out from CMCD when a viewer's picture stood, for players that report in different ways:
/// hls.js sends <c>bs</c> once with the first video request after its buffer ran empty; dash.js does the same, and after every seek as well; shaka-player
/// never sends <c>bs</c>, but <c>su</c> comes back while it waits, in a short stall with a request for sound only, and not always; version 2 has <c>sta=r</c>.
/// </summary>
/// <remarks>
/// A seek is told from a stall by what is asked for: after a stall the next segment, after a seek one somewhere else. Nothing counts before playing has begun,
/// which is when a request comes without <c>su</c>, or one with <c>bs</c> when there was time to play what came before. How long the picture stood is an estimate: from when the buffer of the report before must have run
/// out, to the report itself or to the first one without <c>su</c>. Not thread-safe; the owner locks.
/// </remarks>
internal sealed class StallWatch
{
    /// <summary>Two signs closer than this are one stall that audio and video report each.</summary>
    private static readonly TimeSpan OneStall = TimeSpan.FromSeconds(1);

    /// <summary>A start-up that already had media for this long has begun to play.</summary>
    private static readonly TimeSpan LongStart = TimeSpan.FromSeconds(2);

    /// <summary>A buffer is told to 100 ms (CTA-5004 §3.2), and a request takes its time; what stood for less than this is not told from what went on.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan BufferStep = TimeSpan.FromMilliseconds(100);

    private bool _began;
    private int _reports;
    private bool _filled;
    private DateTimeOffset _firstReport;
    private bool _standing;
    private bool _seesVideo;
    private bool _soundTold;
    private bool _starvedWithInit;
    private DateTimeOffset _standsSince;
    private DateTimeOffset _lastEnded = DateTimeOffset.MinValue;
    private LastReport _picture;
    private LastReport _sound;

    /// <summary>
    /// Looks at the report that came with an init section. hls.js says <c>bs</c> once, with whatever it asks for next: after a change of rendition that is this. Only
    /// the segment behind it shows whether the player went on or sought.
    /// </summary>
    public void LookAtInit(CmcdReport report) => _starvedWithInit |= report.BufferStarved;

    /// <summary>Looks at one report.</summary>
    /// <param name="report">Came with a request for media.</param>
    /// <param name="continues">The request asks for what follows the one before, or for anything when no timeline is known.</param>
    /// <param name="now">When it came.</param>
    /// <param name="stood">How long, with <see cref="StallSign.Ended"/> and <see cref="StallSign.Passed"/>.</param>
    public StallSign Look(CmcdReport report, bool continues, DateTimeOffset now, out TimeSpan stood)
    {
        stood = default;
        if (!IsAboutThePicture(report.ObjectType)) return LookAtSound(report, continues, now, out stood);
        if (_starvedWithInit) report = report with { BufferStarved = true };
        _starvedWithInit = false;
        if (IsToldAlready(report)) report = report with { BufferStarved = false, Startup = false };
        if (_reports++ == 0) _firstReport = now;
        // A buffer that is said to have run dry was not empty before: some players ask for all that they had under "startup".
        if (report.BufferStarved && _filled && _reports > 2 && now - _firstReport >= LongStart) _began = true;
        _filled |= report.BufferMs is null or > 0;
        var sign = Judge(report, continues, now, ref stood);
        _picture = LastReport.Of(report, now);
        if (sign is StallSign.Ended or StallSign.Passed) _lastEnded = now;
        return sign;
    }

    private StallSign Judge(CmcdReport report, bool continues, DateTimeOffset now, ref TimeSpan stood)
    {
        var seeking = !continues || report.State is "k";
        if (_standing)
        {
            // A seek ends a stall as well: what stands after it stands for another reason.
            if ((report.Startup || report.State is "r") && !seeking) return StallSign.Nothing;
            _standing = false;
            stood = now - _standsSince;
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
        var ranOut = _picture.RanOutAt(now);
        if (ranOut <= _lastEnded)
        {
            // Ran out while the picture stood for lack of sound: still that stall.
            _lastEnded = now;
            return StallSign.Nothing;
        }

        _standsSince = ranOut < now ? ranOut : now;
        if (report.Startup || report.State is "r" || (!report.BufferStarved && IsEmpty(report)))
        {
            _standing = true;
            return StallSign.Began;
        }

        stood = now - _standsSince;
        return StallSign.Passed;
    }

    /// <summary>
    /// The buffer must have run out a while ago, and now holds nothing, or more of the segment that came last than would be left if the picture had not waited for it.
    /// shaka-player says no more than that when it changes the rendition in the moment in which the picture goes on.
    /// </summary>
    private bool HasRunDry(CmcdReport report, DateTimeOffset now)
    {
        if ((report.BufferMs ?? report.DeadlineMs) is not { } leftMs || _picture.Buffer is null || report.PlaybackRate != 1) return false;
        var since = now - _picture.RanOutAt(now);
        if (since <= Doubt) return false;
        var left = TimeSpan.FromMilliseconds(leftMs);
        return IsEmpty(report) || (left <= _picture.Brings + BufferStep && left > _picture.Brings - since + Doubt);
    }

    private static bool IsEmpty(CmcdReport report) => (report.BufferMs ?? report.DeadlineMs) == 0;

    /// <summary>
    /// Sound and picture stand together. Where a player's <c>su</c> is one for both, it is as good on a request for sound; dash.js tells of each by itself, and
    /// then <c>bs</c> on sound alone tells of a stall whose picture was there. It says so after its start as well, when nothing can have run out yet.
    /// </summary>
    private StallSign LookAtSound(CmcdReport report, bool continues, DateTimeOffset now, out TimeSpan stood)
    {
        stood = default;
        if (report.ObjectType is not "a") return StallSign.Nothing;
        var ranOut = _sound.RanOutAt(now);
        _sound = LastReport.Of(report, now);
        if (!_began || !continues || now - _lastEnded < OneStall) return StallSign.Nothing;
        if (report.BufferStarved)
        {
            if (_standing || ranOut > now || ranOut <= _lastEnded) return StallSign.Nothing;
            stood = now - ranOut;
            _lastEnded = now;
            return StallSign.Passed;
        }

        if (report.Startup == _standing) return StallSign.Nothing;
        if (report.Startup)
        {
            if (ranOut <= _lastEnded)
            {
                // Ran out in the stall that the picture told of, and came later than the picture: still that stall.
                _lastEnded = now;
                return StallSign.Nothing;
            }

            _standing = _soundTold = true;
            _standsSince = ranOut < now ? ranOut : now;
            return StallSign.Began;
        }

        // What the picture's own request told of ends with one of its own.
        if (!_soundTold) return StallSign.Nothing;
        _standing = false;
        stood = now - _standsSince;
        _lastEnded = now;
        return StallSign.Ended;
    }

    /// <summary>hls.js keeps its <c>bs</c> for the next request for the picture, which may come when sound has told already that all is well again.</summary>
    private bool IsToldAlready(CmcdReport report)
    {
        var told = _soundTold && !_standing && report.BufferStarved;
        if (!_standing || report.BufferStarved) _soundTold = false;
        return told;
    }

    /// <summary>Sound that waits while the picture goes on is no stall, unless there is no picture.</summary>
    private bool IsAboutThePicture(string? objectType)
    {
        if (objectType is "v" or "av") _seesVideo = true;
        return objectType is "v" or "av" or null || (objectType is "a" && !_seesVideo);
    }

    /// <summary>When a kind of media was last asked for, what was in its buffer then (unknown, when it was not played from), and for how long plays what was asked for.</summary>
    private readonly record struct LastReport(DateTimeOffset At, TimeSpan? Buffer, TimeSpan Brings)
    {
        public static LastReport Of(CmcdReport report, DateTimeOffset now) => new(
            now, report is { IsAtRest: false, BufferMs: { } ms } ? TimeSpan.FromMilliseconds(ms) : null, TimeSpan.FromMilliseconds(report.DurationMs ?? 0));

        /// <summary>When that buffer was empty, at normal speed; now, where it is not known.</summary>
        public DateTimeOffset RanOutAt(DateTimeOffset now) => Buffer is { } buffer ? At + buffer : now;
    }
}
