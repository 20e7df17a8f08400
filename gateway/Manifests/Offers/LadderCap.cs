using System.Runtime.InteropServices;

namespace Gateway.Manifests.Offers;

/// <summary>
/// The rule by which a bitrate limit cuts a ladder, for HLS and DASH alike: per Period and codec family that a player may need, the lowest
/// video rung stays, else there would be nothing to play; nothing else above the limit stays. An audio rung is kept as the lowest only where no rung has video.
/// </summary>
/// <remarks>
/// A player may need a family when no other family of the Period covers it. With AVC in the ladder that is AVC alone, because what plays HEVC or AV1
/// plays AVC too: a ladder of AVC up to 2 Mbit/s and HEVC from 8 Mbit/s on, limited to 2 Mbit/s, offers no HEVC. The other way round, HEVC from 300 kbit/s
/// on and AVC from 700, limited to 500, the lowest AVC stays, because not every player has HEVC.
/// </remarks>
internal static class LadderCap
{
    /// <summary>Tells what is left out.</summary>
    /// <param name="rungs">The whole ladder, in any order; what is never left out (audio of an MPD, subtitles) is not among them.</param>
    /// <param name="bitsPerSecond">The limit.</param>
    /// <param name="leftOut">As long as the ladder; gets true for what goes.</param>
    /// <returns>Whether anything goes.</returns>
    public static bool Choose(ReadOnlySpan<LadderRung> rungs, long bitsPerSecond, Span<bool> leftOut)
    {
        var periods = new Dictionary<int, Floors>();
        foreach (var rung in rungs)
        {
            if (rung.Kind == RungKind.TrickPlay) continue;
            ref var floors = ref CollectionsMarshal.GetValueRefOrAddDefault(periods, rung.Period, out _);
            floors ??= new Floors();
            floors.Take(rung);
        }

        var any = false;
        for (var i = 0; i < rungs.Length; i++)
        {
            var rung = rungs[i];
            leftOut[i] = rung.Bandwidth > bitsPerSecond && (rung.Kind == RungKind.TrickPlay || !periods[rung.Period].IsNeeded(rung));
            any |= leftOut[i];
        }

        return any;
    }

    /// <summary>The lowest rung of each codec family of a Period: of video, or of audio as long as there is no video.</summary>
    private sealed class Floors
    {
        private readonly Dictionary<CodecFamily, long> _lowest = [];
        private RungKind _kind = RungKind.Audio;

        public void Take(LadderRung rung)
        {
            if (rung.Kind != _kind)
            {
                if (rung.Kind == RungKind.Audio) return;
                _kind = rung.Kind;
                _lowest.Clear();
            }

            ref var lowest = ref CollectionsMarshal.GetValueRefOrAddDefault(_lowest, rung.Codecs, out var known);
            lowest = known ? Math.Min(lowest, rung.Bandwidth) : rung.Bandwidth;
        }

        /// <summary>Whether it is the lowest of a family that no other covers.</summary>
        public bool IsNeeded(LadderRung rung)
        {
            if (rung.Kind != _kind || rung.Bandwidth > _lowest[rung.Codecs]) return false;
            foreach (var family in _lowest.Keys)
            {
                if (family != rung.Codecs && family.Covers(rung.Codecs)) return false;
            }

            return true;
        }
    }
}
