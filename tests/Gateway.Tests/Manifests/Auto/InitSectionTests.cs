using Gateway.Manifests.Auto;
using Gateway.Testing;

namespace Gateway.Tests.Manifests.Auto;

/// <summary>Initialisation sections as ffmpeg writes them.</summary>
public sealed class InitSectionTests
{
    [Fact]
    public async Task Sections_OfOneEncoderInTwoSizes_FitButNeedTheirOwnParameterSets()
    {
        var (small, large) = (await MakeAsync("320x180", "avc1"), await MakeAsync("640x360", "avc1"));
        Assert.True(small.Fits(large));
        Assert.False(small.HoldsParametersInBand);
    }

    [Fact]
    public async Task Section_OfAvc3_HoldsParametersInBand() => Assert.True((await MakeAsync("320x180", "avc3")).HoldsParametersInBand);

    [Fact]
    public async Task Sections_OfTwoTimeScales_DoNotFit() =>
        Assert.False((await MakeAsync("320x180", "avc3")).Fits(await MakeAsync("320x180", "avc3", "-video_track_timescale", "48000")));

    [Theory]
    [InlineData("")]
    [InlineData("00000008")]
    [InlineData("000000106D6F6F760000000000000000")]
    [InlineData("FFFFFFFF6D6F6F76")]
    [InlineData("000000016D6F6F76FFFFFFFFFFFFFFFF")]
    [InlineData("000000186D6F6F76000000107472616B00000008746B6864")]
    public void Bytes_ThatAreNone_AreRefused(string hex) => Assert.Null(InitSection.Read(Convert.FromHexString(hex)));

    [Fact]
    public async Task Section_CutAnywhere_IsReadOrRefusedButNeverThrows()
    {
        var bytes = await BytesAsync("320x180", "avc3");
        for (var length = 0; length < bytes.Length; length++) _ = InitSection.Read(bytes.AsSpan(0, length));
    }

    private static async Task<InitSection> MakeAsync(string size, string tag, params string[] more) => InitSection.Read(await BytesAsync(size, tag, more))!;

    private static async Task<byte[]> BytesAsync(string size, string tag, params string[] more)
    {
        var path = Path.Combine(Path.GetTempPath(), $"init-{Guid.NewGuid():N}.mp4");
        try
        {
            await Ffmpeg.RunAsync(["-f", "lavfi", "-i", $"testsrc2=s={size}:r=25:d=0.2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-tag:v", tag, "-movflags", "empty_moov+default_base_moof", .. more, path]);
            return await File.ReadAllBytesAsync(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
