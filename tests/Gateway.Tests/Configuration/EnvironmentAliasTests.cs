using Gateway.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Configuration;

public sealed class EnvironmentAliasTests
{
    [Theory]
    [InlineData("STREAMING_ENGINE_MODE", "howler", "Rollout:EngineMode", "Direct")]
    [InlineData("STREAMING_ENGINE_MODE", " VideoJS ", "Rollout:EngineMode", "Segmented")]
    [InlineData("SEGMENTED_SESSION_PREWARM_ENABLED", "False", "Sessions:PrewarmEnabled", "false")]
    [InlineData("LISTEN_TOGETHER_SEGMENTED_PLAYBACK_ENABLED", "true", "Rollout:GroupsSegmented", "true")]
    [InlineData("SEGMENTED_STARTUP_FALLBACK_TIMEOUT_MS", "1500", "Player:StartupTimeout", "00:00:01.5000000")]
    [InlineData("SEGMENTED_STARTUP_FALLBACK_TIMEOUT_MS", "22000", "Transcoder:StartPatience", "00:00:22")]
    [InlineData("SEGMENTED_VHS_PROFILE", "legacy", "Player:Profile", "Legacy")]
    [InlineData("USE_MSE_STREAMING", "false", "Player:Progressive", "false")]
    [InlineData("SEGMENTED_LOCAL_SEG_DURATION_SEC", "3", "Player:SegmentDurationSec", "3")]
    [InlineData("STREAMING_ENABLED", "TRUE", "Live:Enabled", "true")]
    [InlineData("SEGMENTED_DASH_FRAGMENT_DURATION_RATIO", "0.333", "Player:FragmentDurationRatio", "0.333")]
    public void Alias_OfAKnob_SetsIt(string variable, string text, string key, string value) => Assert.Equal(value, With((variable, text)).Configuration[$"Gateway:{key}"]);

    [Theory]
    [InlineData("STREAMING_ENGINE_MODE", "hls", "howler, videojs")]
    [InlineData("SEGMENTED_STARTUP_FALLBACK_TIMEOUT_MS", "1499", "1500 to 22000")]
    [InlineData("SEGMENTED_STARTUP_FALLBACK_TIMEOUT_MS", "22001", "1500 to 22000")]
    [InlineData("SEGMENTED_STARTUP_FALLBACK_TIMEOUT_MS", "abc", "1500 to 22000")]
    [InlineData("SEGMENTED_VHS_PROFILE", "fast", "balanced, legacy")]
    [InlineData("SEGMENTED_SESSION_PREWARM_ENABLED", "maybe", "true, false")]
    [InlineData("TRANSCODE_CACHE_PATH", "/proc/nothing", "a folder that this process may write in")]
    public void Alias_OfNoValue_IsRefusedWithNameAndValues(string variable, string text, string allowed)
    {
        var refusal = Assert.Throws<WrongConfigurationException>(() => With((variable, text)));
        var error = Assert.Single(refusal.Errors);
        Assert.Contains(variable, error, StringComparison.Ordinal);
        Assert.Contains($"'{text}'", error, StringComparison.Ordinal);
        Assert.Contains(allowed, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Alias_AgainstTheKnobsOwnName_IsRefusedByBothNames()
    {
        var refusal = Assert.Throws<WrongConfigurationException>(() => With(("STREAMING_ENGINE_MODE", "howler"), ("Gateway:Rollout:EngineMode", "Segmented")));
        var error = Assert.Single(refusal.Errors);
        Assert.Contains("STREAMING_ENGINE_MODE", error, StringComparison.Ordinal);
        Assert.Contains("Gateway:Rollout:EngineMode", error, StringComparison.Ordinal);
        Assert.Equal("Direct", With(("STREAMING_ENGINE_MODE", "howler"), ("Gateway:Rollout:EngineMode", "direct")).Configuration["Gateway:Rollout:EngineMode"]);
    }

    [Fact]
    public void CachePath_OfEitherName_IsWhereLiveStorageLiesAndTheFirstCounts()
    {
        var folder = Directory.CreateTempSubdirectory("gateway-alias-");
        try
        {
            var (one, other) = (Path.Combine(folder.FullName, "one"), Path.Combine(folder.FullName, "other"));
            Assert.Equal(Path.Combine(other, "live"), With(("TRANSCODE_CACHE_PATH", other)).Configuration["Gateway:Live:Folder"]);
            Assert.Equal(Path.Combine(one, "live"), With(("SEGMENTED_STREAMING_CACHE_PATH", one), ("TRANSCODE_CACHE_PATH", other)).Configuration["Gateway:Live:Folder"]);
            Assert.Empty(Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Alias_Empty_IsNotSet() => Assert.Null(With(("STREAMING_ENGINE_MODE", " ")).Configuration["Gateway:Rollout:EngineMode"]);

    [Fact]
    public void FragmentDuration_OfThreeSecondsByAThird_HasSixDecimals()
    {
        Assert.Equal(0.2, new Gateway.Rollout.Player.PlayerOptions().EffectiveFragmentDurationSec);
        Assert.Equal(0.999, new Gateway.Rollout.Player.PlayerOptions { SegmentDurationSec = 3, FragmentDurationRatio = 0.333 }.EffectiveFragmentDurationSec);
    }

    private static WebApplicationBuilder With(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        return builder.AddEnvironmentAliases();
    }
}
