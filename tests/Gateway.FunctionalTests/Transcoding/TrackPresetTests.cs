using Gateway.Playback;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>What stands in a chunk's query goes into a path upstream.</summary>
public sealed class TrackPresetTests
{
    [Theory]
    [InlineData("warm", true)]
    [InlineData("warm\n", false)]
    [InlineData("\nwarm", false)]
    [InlineData("warm/..", false)]
    public void Preset_WithMoreThanAName_IsRefused(string preset, bool isTaken)
    {
        var query = new QueryCollection(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues>(StringComparer.Ordinal) { ["enhanced"] = "true", ["preset"] = preset });

        Assert.Equal(isTaken, TrackRequest.ReadChunk("x/0", query, out _) is not null);
    }
}
