using Gateway.Manifests.Offers;

namespace Gateway.Tests.Manifests.Offers;

/// <summary>The rule by which a bitrate limit cuts a ladder: per Period and codec family that a player may need, the lowest video rung stays; nothing else above the limit.</summary>
public sealed class LadderCapRuleTests
{
    private const string Avc = "avc1.640028,mp4a.40.2";
    private const string Hevc = "hvc1.2.4.L93,mp4a.40.2";

    [Theory]
    [InlineData("700:avc1 300:hvc1", 500, "700 300", "not everybody plays HEVC")]
    [InlineData("700:avc1 900:avc1 300:hvc1 1500:hvc1", 500, "700 300", "only the lowest of what may be needed")]
    [InlineData("400:avc1 2000:avc1 8000:hvc1 16000:hvc1", 2000, "400 2000", "who plays HEVC plays AVC")]
    [InlineData("400:avc1 8000:av01 9000:vp09", 2000, "400", "who plays AV1 or VP9 plays AVC")]
    [InlineData("3000:vp09 4000:vp09 5000:av01 6000:av01", 100, "3000 5000", "neither covers the other")]
    [InlineData("3000:hvc1 5000:dvh1", 100, "3000", "Dolby Vision comes on top of HEVC")]
    [InlineData("3000:hvc1 1000:dvh1", 2000, "3000 1000", "and not everybody with HEVC has it")]
    [InlineData("64:mp4a.40.2 700:avc1 900:avc1", 100, "64 700", "audio below the limit beside the lowest video")]
    [InlineData("64:mp4a.40.2 192:mp4a.40.2 700:avc1", 100, "64 700", "audio above the limit")]
    [InlineData("64:mp4a.40.2 128:mp4a.40.2", 10, "64", "audio only")]
    [InlineData("700:avc1,ec-3 800:avc1,mp4a.40.2 900:avc1,ec-3", 100, "800", "who plays E-AC-3 plays AAC")]
    [InlineData("100:avc1,ec-3 800:avc1,mp4a.40.2 900:avc1,ec-3", 200, "100 800", "not everybody plays E-AC-3")]
    [InlineData("500: 900: 300:", 100, "300", "no codecs")]
    [InlineData("500: 4000:hvc1", 700, "500", "no codecs is AVC by custom")]
    [InlineData("40:trick 900:trick 500:avc1", 100, "40 500", "trick play above the limit")]
    [InlineData("0: 500:", 100, "0", "no bandwidth")]
    [InlineData("500:avc1 500:avc1 600:avc1", 100, "500 500", "equals, as in pathways")]
    [InlineData("500:avc1 600:avc1", 600, "500 600", "nothing is above")]
    [InlineData("", 600, "", "an empty ladder")]
    public void Choose_Ladder_LeavesWhatMayBeNeeded(string ladder, long kbps, string stays, string why)
    {
        var rungs = ladder.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(r => RungOf(r, 0)).ToArray();
        var leftOut = new bool[rungs.Length];
        Assert.Equal(stays.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length < rungs.Length, LadderCap.Choose(rungs, kbps * 1000, leftOut));
        Assert.True(stays == Left(rungs, leftOut), $"{why}: {Left(rungs, leftOut)}");
    }

    [Fact]
    public void Choose_Periods_AreLaddersOfTheirOwn()
    {
        LadderRung[] rungs = [RungOf("500:avc1", 1), RungOf("900:avc1", 1), RungOf("2000:hvc1", 2), RungOf("3000:hvc1", 2), RungOf("64:mp4a", 3), RungOf("128:mp4a", 3)];
        var leftOut = new bool[rungs.Length];
        Assert.True(LadderCap.Choose(rungs, 100_000, leftOut));
        Assert.Equal("500 2000 64", Left(rungs, leftOut));
    }

    [Theory]
    [InlineData(Avc, "Avc Aac")]
    [InlineData(Hevc, "Hevc Aac")]
    [InlineData(" mp4a.40.2 , avc3.4d401e", "Avc Aac")]
    [InlineData("ec-3,hev1.2.4.L120.90", "Hevc Dolby")]
    [InlineData("dvh1.05.06", "DolbyVision Aac")]
    [InlineData("vp09.00.10.08,opus", "Vp9 Opus")]
    [InlineData("av01.0.04M.08,fLaC", "Av1 Lossless")]
    [InlineData("wvtt", "Avc Aac")]
    [InlineData("", "Avc Aac")]
    [InlineData("avc1.64001f,hvc1.1,ac-3,mp4a", "Avc Dolby")]
    public void Of_Codecs_GivesTheFamily(string codecs, string family)
    {
        var read = CodecFamily.Of(codecs);
        Assert.Equal(family, $"{read.Video} {read.Audio}");
    }

    private static string Left(LadderRung[] rungs, bool[] leftOut) => string.Join(' ', rungs.Where((_, i) => !leftOut[i]).Select(r => r.Bandwidth / 1000));

    private static LadderRung RungOf(string rung, int period)
    {
        var parts = rung.Split(':');
        var kind = parts[1] == "trick" ? RungKind.TrickPlay : parts[1].StartsWith("mp4a", StringComparison.Ordinal) ? RungKind.Audio : RungKind.Video;
        return new LadderRung(long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture) * 1000, kind, CodecFamily.Of(parts[1]), period);
    }
}
