namespace Gateway.Manifests.Offers;

/// <summary>The cut that leaves one video rung of each Period: the manifest of the rendition <c>auto</c>.</summary>
internal static class SoleRung
{
    /// <param name="bandwidth">The rung's declared peak, bit/s.</param>
    /// <param name="codecs">What plays it.</param>
    public static LadderCut Of(long bandwidth, CodecFamily codecs) => (rungs, leftOut) =>
    {
        var any = false;
        var kept = -1;
        for (var i = 0; i < rungs.Length; i++)
        {
            var rung = rungs[i];
            var stays = rung.Kind == RungKind.Video && rung.Bandwidth == bandwidth && rung.Codecs == codecs && rung.Period != kept;
            if (stays) kept = rung.Period;
            leftOut[i] = !stays;
            any |= !stays;
        }

        return any;
    };
}
