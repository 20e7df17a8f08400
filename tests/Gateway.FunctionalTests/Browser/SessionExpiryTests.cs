using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gateway.Access.Tickets;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>hls.js in a real browser plays on while the credential, and then the ticket in its URLs, expire.</summary>
public sealed class SessionExpiryTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(10);

    /// <summary>Beyond the credential and the ticket, within the session.</summary>
    private static readonly TimeSpan Leap = TimeSpan.FromMinutes(20);

    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData("demo")]
    [InlineData("demo-live")]
    public async Task JwtAndTicket_ExpireWhileHlsJsPlays_PlaybackGoesOn(string title)
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, $$"""{"keys":[{"kty":"oct","kid":"h","k":"{{Encode(Secret)}}"}]}""", TestContext.Current.CancellationToken);
            var clock = new LeapingTimeProvider();
            await using var fixture = await GatewayWithStub.StartAsync(
                clock, "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}", "--Gateway:Access:ClockSkew=00:00:00", "--Gateway:Access:TicketLifetime=00:10:00");
            var url = "";
            await using var tab = await BarePage.RunAsync(
                chromium,
                fixture.Url,
                """
                const [url, live] = argument;
                Object.assign(play, { segments: 0, playlists: 0, levels: 0, position: 0, ticket: '', late: false });
                // A short buffer, so that most of the title is requested after the expiry.
                const hls = new Hls({ maxBufferLength: 3, maxMaxBufferLength: 3, enableWorker: false });
                hls.on(Hls.Events.ERROR, (_, data) => {
                  // A busy machine may stall playback; no request may fail.
                  if (data.fatal || data.response?.code >= 400) play.errors.push(`${data.details} ${data.response?.code}`);
                });
                hls.on(Hls.Events.FRAG_LOADED, (_, data) => {
                  play.ticket = data.frag.url.split('/')[6];
                  if (play.late) play.segments++;
                });
                hls.on(Hls.Events.LEVEL_LOADED, () => { if (play.late) play.playlists++; });
                hls.on(Hls.Events.LEVEL_SWITCHED, () => { if (play.late) play.levels++; });
                setInterval(() => {
                  play.position = videos[0].currentTime;
                  // A film waits for the expiry, however long that takes.
                  if (!live && !play.late && play.position > 1) videos[0].pause();
                }, 100);
                window.expire = () => {
                  play.late = true;
                  play.before = videos[0].currentTime;
                  // A rendition that was not played before: its playlist is requested with the expired ticket.
                  hls.nextLevel = hls.currentLevel === 0 ? hls.levels.length - 1 : 0;
                  videos[0].play();
                };
                hls.loadSource(url);
                hls.attachMedia(videos[0]);
                videos[0].play();
                """,
                () =>
                {
                    url = new Uri(fixture.Url, $"/play/{title}/master.m3u8?access_token={Token(clock.GetUtcNow() + TokenLife)}").ToString();
                    return new object[] { url, title == "demo-live" };
                });
            await tab.UntilAsync("p.position > 1");
            clock.Leap(Leap);
            await tab.Page.EvaluateAsync("window.expire()");
            await tab.UntilAsync("p.segments >= 4 && p.levels > 0 && p.playlists > 0 && p.position > p.before + 3");

            Assert.Equal(TicketVerdict.Lapsed, fixture.Part<TicketSigner>().Verify(await tab.Page.EvaluateAsync<string>("window.play.ticket"), out _));
            using var again = await fixture.Client.GetAsync(url, TestContext.Current.CancellationToken);
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
