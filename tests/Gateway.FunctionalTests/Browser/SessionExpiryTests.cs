using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gateway.Access.Tickets;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>hls.js in a real browser does not notice that the credential, and then the ticket in its URLs, ran out while it plays.</summary>
public sealed class SessionExpiryTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>Shorter than the title; long enough that the first request comes before it even on a busy machine.</summary>
    private static readonly TimeSpan TokenLife = TimeSpan.FromSeconds(12);

    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData("demo")]
    [InlineData("demo-live")]
    public async Task JwtAndTicketExpire_WhileHlsJsPlays_NothingHappens(string title)
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, $$"""{"keys":[{"kty":"oct","kid":"h","k":"{{Encode(Secret)}}"}]}""", TestContext.Current.CancellationToken);
            await using var house = await GatewayWithStub.StartAsync(
                "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}", "--Gateway:Access:ClockSkew=00:00:00", "--Gateway:Access:TicketLifetime=00:00:03");
            var url = "";
            await using var tab = await BarePage.RunAsync(
                chromium,
                house.Url,
                """
                const [url, expiry] = argument;
                Object.assign(play, { segments: 0, playlists: 0, levels: 0, position: 0, ticket: '' });
                // Little ahead, so that most of the title is asked for after the expiry.
                const hls = new Hls({ maxBufferLength: 3, maxMaxBufferLength: 3, enableWorker: false });
                const late = () => Date.now() > expiry;
                hls.on(Hls.Events.ERROR, (_, data) => {
                  // A busy machine may make the picture stand; no request may fail.
                  if (data.fatal || data.response?.code >= 400) play.errors.push(`${data.details} ${data.response?.code}`);
                });
                hls.on(Hls.Events.FRAG_LOADED, (_, data) => {
                  play.ticket = data.frag.url.split('/')[6];
                  if (late()) play.segments++;
                });
                hls.on(Hls.Events.LEVEL_LOADED, () => { if (late()) play.playlists++; });
                hls.on(Hls.Events.LEVEL_SWITCHED, () => { if (late()) play.levels++; });
                // A rendition that was not played before: its playlist is asked for with what has expired by then.
                setTimeout(() => {
                  play.before = videos[0].currentTime;
                  hls.nextLevel = hls.currentLevel === 0 ? hls.levels.length - 1 : 0;
                }, expiry - Date.now() + 500);
                setInterval(() => { play.position = videos[0].currentTime; }, 100);
                hls.loadSource(url);
                hls.attachMedia(videos[0]);
                videos[0].play();
                """,
                () =>
                {
                    var expiry = DateTimeOffset.FromUnixTimeSeconds((TimeProvider.System.GetUtcNow() + TokenLife).ToUnixTimeSeconds());
                    url = new Uri(house.Url, $"/play/{title}/master.m3u8?access_token={Token(expiry)}").ToString();
                    return new object[] { url, expiry.ToUnixTimeMilliseconds() };
                });

            await tab.UntilAsync("p.segments >= 4 && p.levels > 0 && p.playlists > 0 && p.position > p.before + 3");

            Assert.Equal(TicketVerdict.Lapsed, house.Part<TicketSigner>().Verify(await tab.Page.EvaluateAsync<string>("window.play.ticket"), out _));
            using var again = await house.Client.GetAsync(url, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
            Assert.Contains("STREAMING_CREDENTIAL_EXPIRED", await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(keys);
        }
    }

    private static string Token(DateTimeOffset expiry)
    {
        var head = Encode("""{"alg":"HS256","kid":"h"}"""u8) + "." + Encode(Encoding.UTF8.GetBytes($$"""{"sub":"ada","exp":{{expiry.ToUnixTimeSeconds()}}}"""));
        return head + "." + Encode(HMACSHA256.HashData(Secret, Encoding.ASCII.GetBytes(head)));
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
