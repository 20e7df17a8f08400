using Gateway.Adaptation;

namespace Gateway.Sessions;

/// <summary>
/// Finds out from CMCD when a viewer's picture stood, for players that report in different ways:
/// hls.js sends <c>bs</c> once with the first video request after its buffer ran empty; dash.js does the same, and after every seek as well; shaka-player
/// never sends <c>bs</c>, but <c>su</c> comes back while it waits; version 2 has <c>sta=r</c>.
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

    private bool _began;
    private int _reports;
    private DateTimeOffset _firstReport;
    private bool _standing;
    private bool _seesVideo;
    private DateTimeOffset _standsSince;
    private DateTimeOffset _lastEnded = DateTimeOffset.MinValue;
    private DateTimeOffset _lastReport;
    private TimeSpan? _lastBuffer;

    /// <summary>Looks at one report.</summary>
    /// <param name="report">Came with a request for media.</param>
    /// <param name="continues">The request asks for what follows the one before, or for anything when no timeline is known.</param>
    /// <param name="now">When it came.</param>
    /// <param name="stood">How long, with <see cref="StallSign.Ended"/> and <see cref="StallSign.Passed"/>.</param>
    public StallSign Look(CmcdReport report, bool continues, DateTimeOffset now, out TimeSpan stood)
    {
        stood = default;
        if (!IsAboutThePicture(report.ObjectType)) return StallSign.Nothing;
        if (_reports++ == 0) _firstReport = now;
        // A buffer that is said to have run dry was not empty before: some players ask for all that they had under "startup".
        if (report.BufferStarved && _reports > 2 && now - _firstReport >= LongStart) _began = true;
        var sign = Judge(report, continues, now, ref stood);
        _lastReport = now;
        _lastBuffer = report.BufferMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
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
            _began = !waits;
            return StallSign.Nothing;
        }

        if (seeking) return StallSign.Nothing;
        if (!report.BufferStarved && !report.Startup && report.State is not "r") return StallSign.Nothing;
        if (now - _lastEnded < OneStall) return StallSign.Nothing;
        _standsSince = RanOutAt(now);
        if (report.Startup || report.State is "r")
        {
            _standing = true;
            return StallSign.Began;
        }

        stood = now - _standsSince;
        return StallSign.Passed;
    }

    /// <summary>Sound that waits while the picture goes on is no stall, unless there is no picture.</summary>
    private bool IsAboutThePicture(string? objectType)
    {
        if (objectType is "v" or "av") _seesVideo = true;
        return objectType is "v" or "av" or null || (objectType is "a" && !_seesVideo);
    }

    private DateTimeOffset RanOutAt(DateTimeOffset now)
    {
        if (_lastBuffer is not { } buffer) return now;
        var at = _lastReport + buffer;
        return at > now ? now : at;
    }
}
