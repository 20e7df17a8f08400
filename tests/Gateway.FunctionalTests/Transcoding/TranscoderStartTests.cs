using Gateway.Configuration;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>What a gateway with a transcoder says at its start, and what it does not start with.</summary>
public sealed class TranscoderStartTests
{
    private const string Url = "--Gateway:Transcoder:Url=http://127.0.0.1:9/";
    private const string GoodKey = "sixteen-letters-";

    [Fact]
    public async Task Start_WithATranscoder_TellsWhatCountsAndNoKey()
    {
        var lines = await LinesAsync(Url, $"--Gateway:Transcoder:Key={GoodKey}", "--Gateway:Transcoder:MaxStarts=8", "--Gateway:Transcoder:StartPatience=00:00:04.5", "--Gateway:Transcoder:SourceBaseUrl=http://127.0.0.1:7/");
        var told = Assert.Single(lines, l => l.Contains("Transcoder at", StringComparison.Ordinal));
        foreach (var part in new[] { "'http://127.0.0.1:9/' with a key", "cluster 'origin'", "profile 'auto'", "4.5 s for a start", "at most 8 starts", "household 2, of a network 8", "10000 titles", "sources from http://127.0.0.1:7/" })
            Assert.Contains(part, told, StringComparison.Ordinal);
        Assert.DoesNotContain(lines, l => l.Contains(GoodKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_WithoutATranscoder_TellsNothingOfIt() => Assert.DoesNotContain(await LinesAsync(), l => l.Contains("Transcoder at", StringComparison.Ordinal));

    [Theory]
    [InlineData("fifteen-letters")]
    [InlineData("x")]
    public void Start_KeyThatIsTooShort_IsRefusedWithoutRepeatingIt(string key)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, key + "\n");
        foreach (var knob in new[] { $"--Gateway:Transcoder:Key={key}", $"--Gateway:Transcoder:KeyFile={file}" })
        {
            var refused = Assert.Throws<WrongConfigurationException>(() => Gateway.Program.Build(["--urls", "http://127.0.0.1:0", Url, knob]));
            var error = Assert.Single(refused.Errors);
            Assert.Contains("Gateway:Transcoder", error, StringComparison.Ordinal);
            Assert.Contains("Write 16 characters or more", error, StringComparison.Ordinal);
            Assert.DoesNotContain("fifteen", refused.Message, StringComparison.Ordinal);
        }

        File.Delete(file);
    }

    private static async Task<string[]> LinesAsync(params string[] knobs)
    {
        using var lines = new LineCollector();
        await using (await GatewayWithStub.StartAsync(builder => builder.Logging.AddProvider(lines), knobs)) return [.. lines.Lines];
    }
}
