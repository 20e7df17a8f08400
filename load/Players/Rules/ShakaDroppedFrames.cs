namespace Gateway.Load.Players.Rules;

/// <summary>
/// shaka-player 5.2 gives a video stream up for half a minute when 15 % of the frames of two seconds were dropped (abr.droppedFrames and abr.advanced.droppedFrames*). Video that
/// comes after its time is dropped as well, so on a slow link it is this rule that moves the player, upwards if need be. Frames are counted in seconds: all rungs have one rate.
/// </summary>
/// <param name="rungs">How many streams there are.</param>
internal sealed class ShakaDroppedFrames(int rungs)
{
    public const double Interval = 2;

    private const double Threshold = 0.15;
    private const double BanSeconds = 30;

    private readonly double[] _bannedUntil = new double[rungs];
    private double _dropped;
    private double _droppedBefore;
    private double _decodedBefore;

    public void Drop(double seconds) => _dropped += seconds;

    /// <summary>Begins to count anew.</summary>
    /// <param name="decoded">Media seconds that went through the decoder up to now.</param>
    public void Look(double decoded) => (_droppedBefore, _decodedBefore) = (_dropped, decoded);

    /// <summary>Whether too many were dropped since the last look; a look as well.</summary>
    public bool TooMany(double decoded)
    {
        var (dropped, all) = (_dropped - _droppedBefore, decoded - _decodedBefore);
        Look(decoded);
        return all > 0 && dropped / all >= Threshold;
    }

    public bool IsBanned(int rung, double now) => _bannedUntil[rung] > now;

    /// <summary>Gives a stream up, unless there is no other.</summary>
    public bool TryBan(int rung, double now)
    {
        var others = false;
        for (var i = 0; i < _bannedUntil.Length; i++) others |= i != rung && !IsBanned(i, now);
        if (others) _bannedUntil[rung] = now + BanSeconds;
        return others;
    }

    /// <summary>Whether a ban ended since an earlier moment.</summary>
    public bool EndedSince(double before, double now) => Array.Exists(_bannedUntil, until => until > before && until <= now);
}
