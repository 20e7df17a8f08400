using System.Text;
using Gateway.Access;
using Gateway.Access.Jwt;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Access;

public sealed class JwtVerifierTests : IDisposable
{
    private readonly JwtMaker _maker = new();
    private readonly ManualTimeProvider _time = new();
    private readonly AccessOptions _options = new() { Jwks = "test", ClockSkew = TimeSpan.FromSeconds(30) };

    private readonly JwkRefresher _refresher;

    public JwtVerifierTests() => _refresher = new JwkRefresher(_ => Task.FromResult(Encoding.UTF8.GetBytes(_maker.Jwks)), _options, _time, NullLogger<JwkRefresher>.Instance);

    public void Dispose() => _refresher.Dispose();

    [Fact]
    public async Task Verify_EveryAlgorithm_IsAccepted()
    {
        var claims = new { sub = "u", exp = In(60) };
        Assert.Equal(JwtVerdict.Valid, await Verify(_maker.Hs256(claims)));
        Assert.Equal(JwtVerdict.Valid, await Verify(_maker.Rs256(claims)));
        Assert.Equal(JwtVerdict.Valid, await Verify(_maker.Es256(claims)));
        Assert.Equal(JwtVerdict.Valid, await Verify(_maker.Rs256(claims, kid: null)));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("")]
    [InlineData("HS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("hs256")]
    public async Task Verify_OtherAlgorithm_IsRefused(string algorithm)
    {
        var payload = $$"""{"exp":{{In(60)}}}""";
        Assert.Equal(JwtVerdict.AlgorithmRefused, await Verify(JwtMaker.Hs256(JwtMaker.Header(algorithm, "h"), payload)));
        Assert.Equal(JwtVerdict.AlgorithmRefused, await Verify(JwtMaker.Join(JwtMaker.Header(algorithm, "h"), payload, _ => [])));
    }

    [Fact]
    public async Task Verify_PublicKeyAsSecret_IsRefused()
    {
        Assert.Equal(JwtVerdict.UnknownKey, await Verify(_maker.Hs256WithThePublicKey(new { exp = In(60) }, pem: true)));
        Assert.Equal(JwtVerdict.UnknownKey, await Verify(_maker.Hs256WithThePublicKey(new { exp = In(60) }, pem: false)));
    }

    [Fact]
    public async Task Verify_KidOfAnotherKey_IsRefused()
    {
        Assert.Equal(JwtVerdict.UnknownKey, await Verify(_maker.Hs256(new { exp = In(60) }, kid: "e")));
        Assert.Equal(JwtVerdict.UnknownKey, await Verify(_maker.Hs256(new { exp = In(60) }, kid: "../../etc/passwd")));
    }

    [Fact]
    public async Task Verify_EveryFlippedBit_IsRefused()
    {
        foreach (var token in new[] { _maker.Hs256(new { exp = In(60) }), _maker.Es256(new { exp = In(60) }) })
        {
            for (var i = 0; i < token.Length; i++)
            {
                for (var bit = 0; bit < 7; bit++)
                {
                    var forged = token.ToCharArray();
                    forged[i] = (char)(forged[i] ^ (1 << bit));
                    Assert.NotEqual(JwtVerdict.Valid, await Verify(new string(forged)));
                }
            }
        }
    }

    [Theory]
    [InlineData("""{"alg":"HS256","kid":"h","crit":["exp"]}""", JwtVerdict.AlgorithmRefused)]
    [InlineData("""{"alg":"HS256","kid":"h","crit":["b64"],"b64":false}""", JwtVerdict.AlgorithmRefused)]
    [InlineData("""{"alg":"HS256","kid":"h","enc":"A128GCM"}""", JwtVerdict.AlgorithmRefused)]
    [InlineData("""{"alg":"none","alg":"HS256","kid":"h"}""", JwtVerdict.Malformed)]
    [InlineData("""{"alg":"HS256","kid":7}""", JwtVerdict.Malformed)]
    [InlineData("""{"alg":["HS256"],"kid":"h"}""", JwtVerdict.Malformed)]
    [InlineData("""{"kid":"h"}""", JwtVerdict.Malformed)]
    [InlineData("""{"alg":"HS256","kid":"\ud800"}""", JwtVerdict.Malformed)]
    [InlineData("""[]""", JwtVerdict.Malformed)]
    [InlineData("""{"alg":"HS256","kid":"h"} {}""", JwtVerdict.Malformed)]
    [InlineData("""{"alg":"HS256","kid":"h","x":[[[[[[[[[[1]]]]]]]]]]}""", JwtVerdict.Malformed)]
    [InlineData("""{"alg":"HS256","kid":"h","jku":"http://evil.example/","x5u":"http://evil.example/","jwk":{"kty":"oct","k":"AA"}}""", JwtVerdict.Valid)]
    internal async Task Verify_Header_IsReadStrictly(string header, JwtVerdict expected) =>
        Assert.Equal(expected, await Verify(JwtMaker.Hs256(header, $$"""{"exp":{{In(60)}}}""")));

    [Theory]
    [InlineData("""{"sub":"u"}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":"9999999999"}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":null}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":1e999}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":1e300}""", JwtVerdict.Valid)]
    [InlineData("""{"exp":-1}""", JwtVerdict.Expired)]
    [InlineData("""{"exp":9999999999,"exp":1}""", JwtVerdict.Malformed)]
    [InlineData("""{"exp":9999999999,"sub":{}}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":9999999999,"media":{}}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":9999999999,"media":[1]}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":9999999999,"max_streams":0}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":9999999999,"max_streams":-1}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":9999999999,"max_kbps":"9"}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":9999999999,"max_kbps":99999999999}""", JwtVerdict.BadClaims)]
    [InlineData("""{"exp":9999999999,"media":["a/**"],"max_streams":2,"max_kbps":4000,"aud":["x"]}""", JwtVerdict.Valid)]
    [InlineData("""{"exp":9999999999,"nbf":9999999990}""", JwtVerdict.NotYetValid)]
    [InlineData("""{"exp":9999999999,"iat":9999999990}""", JwtVerdict.NotYetValid)]
    [InlineData("foo", JwtVerdict.Malformed)]
    [InlineData("", JwtVerdict.Malformed)]
    internal async Task Verify_Claims_AreReadStrictly(string payload, JwtVerdict expected) =>
        Assert.Equal(expected, await Verify(JwtMaker.Hs256(JwtMaker.Header("HS256", "h"), payload)));

    [Theory]
    [InlineData(-29, JwtVerdict.Valid)]
    [InlineData(-30, JwtVerdict.Expired)]
    internal async Task Verify_Expiry_IsToleratedByTheSkew(int seconds, JwtVerdict expected) => Assert.Equal(expected, await Verify(_maker.Hs256(new { exp = In(seconds) })));

    [Theory]
    [InlineData(30, JwtVerdict.Valid)]
    [InlineData(31, JwtVerdict.NotYetValid)]
    internal async Task Verify_NotBefore_IsToleratedByTheSkew(int seconds, JwtVerdict expected) =>
        Assert.Equal(expected, await Verify(_maker.Hs256(new { exp = In(600), nbf = In(seconds) })));

    [Fact]
    public async Task Verify_IssuerAndAudienceThatAreSet_AreNeeded()
    {
        _options.Issuer = "https://id.example";
        Assert.Equal(JwtVerdict.WrongIssuer, await Verify(_maker.Hs256(new { exp = In(60) })));
        Assert.Equal(JwtVerdict.WrongIssuer, await Verify(_maker.Hs256(new { exp = In(60), iss = "https://id.example/" })));
        Assert.Equal(JwtVerdict.Valid, await Verify(_maker.Hs256(new { exp = In(60), iss = "https://id.example" })));
        _options.Audience = "tv";
        Assert.Equal(JwtVerdict.WrongAudience, await Verify(_maker.Hs256(new { exp = In(60), iss = "https://id.example" })));
        Assert.Equal(JwtVerdict.WrongAudience, await Verify(_maker.Hs256(new { exp = In(60), iss = "https://id.example", aud = new[] { "a", "tv2" } })));
        Assert.Equal(JwtVerdict.Valid, await Verify(_maker.Hs256(new { exp = In(60), iss = "https://id.example", aud = "tv" })));
        Assert.Equal(JwtVerdict.Valid, await Verify(_maker.Hs256(new { exp = In(60), iss = "https://id.example", aud = new[] { "a", "tv" } })));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9..")]
    public async Task Verify_NoCompactForm_IsMalformed(string text) => Assert.NotEqual(JwtVerdict.Valid, await Verify(text));

    [Fact]
    public async Task Verify_OtherSpellings_AreMalformed()
    {
        var token = _maker.Hs256(new { exp = In(60) });
        foreach (var other in new[] { token + "=", " " + token, token + "\n", token.Replace(".", ". "), token + "." })
            Assert.Equal(JwtVerdict.Malformed, await Verify(other));
    }

    [Fact]
    public async Task Verify_LongerThanALimit_IsMalformed() =>
        Assert.Equal(JwtVerdict.Malformed, await Verify(_maker.Hs256(new { exp = In(60), padding = new string('x', 8000) })));

    private long In(int seconds) => _time.GetUtcNow().ToUnixTimeSeconds() + seconds;

    [Fact]
    public async Task Verify_ClientThatShowsForgeries_IsNotListenedToForAWhile()
    {
        await _refresher.RefreshAsync();
        var verifier = new JwtVerifier(_options, _refresher, _time);
        var good = _maker.Rs256(new { exp = In(600) });
        for (var i = 0; i < _options.CredentialFailures; i++) Assert.Equal(JwtVerdict.BadSignature, await From("a", good[..^6] + "AAAAAA"));
        Assert.Equal(JwtVerdict.Limited, await From("a", good));
        Assert.Equal(JwtVerdict.Valid, await From("b", good));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(JwtVerdict.Valid, await From("a", good));

        // What is signed and of no use is no forgery.
        var expired = _maker.Rs256(new { exp = In(-600) });
        for (var i = 0; i < 2 * _options.CredentialFailures; i++) Assert.Equal(JwtVerdict.Expired, await From("c", expired));

        async Task<JwtVerdict> From(string network, string token) => (await verifier.VerifyAsync(token, network, TestContext.Current.CancellationToken)).Verdict;
    }

    [Fact]
    public async Task Verify_ManyAtOnce_NeverMixesKeysUp()
    {
        await _refresher.RefreshAsync();
        var verifier = new JwtVerifier(_options, _refresher, _time);
        var (rsa, ec) = (_maker.Rs256(new { exp = In(60) }), _maker.Es256(new { exp = In(60) }));
        await Parallel.ForAsync(0, 400, async (i, stop) =>
        {
            var token = i % 2 == 0 ? rsa : ec;
            var isForged = i % 3 == 0;
            var (verdict, _) = await verifier.VerifyAsync(isForged ? token[..^6] + "AAAAAA" : token, $"{i}", stop);
            Assert.Equal(isForged ? JwtVerdict.BadSignature : JwtVerdict.Valid, verdict);
        });
    }

    private async Task<JwtVerdict> Verify(string token)
    {
        if (_refresher.Current.Count == 0) await _refresher.RefreshAsync();
        var (verdict, claims) = await new JwtVerifier(_options, _refresher, _time).VerifyAsync(token, "", TestContext.Current.CancellationToken);
        Assert.Equal(verdict == JwtVerdict.Valid, claims is not null);
        return verdict;
    }
}
