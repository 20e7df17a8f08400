using System.Globalization;
using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.Common;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests.Prefetch;

/// <summary>How much is fetched ahead in vain for real players: by hand, for its figures.</summary>
public sealed class RealPlayersTests(Chromium chromium, ITestOutputHelper output) : IClassFixture<Chromium>
{
    private static readonly TimeSpan Deadline = Patience.Deadline;

    [Theory(Explicit = true)]
    [InlineData("hls", "hlsjs")]
    [InlineData("dash", "dashjs")]
    [InlineData("hls", "shaka")]
    [InlineData("dash", "shaka")]
    public async Task Player_FetchedAheadInVain_IsReported(string format, string player)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync($"/?title=demo&format={format}&player={player}&autoplay=1");
        var state = await page.UntilAsync("s.position >= 14", Deadline);
        Assert.Null(state.FatalError);

        var demanded = page.Requests.Select(url => new Uri(url).AbsolutePath).Where(IsMedia).Select(Name).Distinct(StringComparer.Ordinal).ToArray();
        var asked = fixture.StubPart<RequestLog>().Snapshot().Where(r => r.Method == "GET" && IsMedia(r.Path)).Select(r => Name(r.Path)).ToArray();
        var unique = asked.Distinct(StringComparer.Ordinal).ToArray();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{player} {format}: {demanded.Length} objects played, {asked.Length} requests at the origin for {unique.Length}; never asked for: {string.Join(' ', unique.Except(demanded, StringComparer.Ordinal))}; sources {state.Sources}"));
        Assert.NotEmpty(demanded);
    }

    private static bool IsMedia(string path) => path.EndsWith(".m4s", StringComparison.Ordinal) || path.EndsWith(".mp4", StringComparison.Ordinal);

    private static string Name(string path) => string.Join('/', path.Split('/')[^2..]);
}
