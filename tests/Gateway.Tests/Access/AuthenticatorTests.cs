using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gateway.Access;
using Gateway.Access.EdgeAuth;
using Gateway.Access.Jwt;
using Gateway.Access.Tickets;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Access;

public sealed class AuthenticatorTests : IDisposable
{
    private const string EdgeKey = "52a152a152a152a152a152a152a152a1";

    private readonly JwtMaker _maker = new();
    private readonly ManualTimeProvider _time = new();
    private readonly AccessOptions _options = new() { Mode = AccessMode.Token, Jwks = "test", EdgeAuthKey = EdgeKey };
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly JwkRefresher _refresher;
    private readonly TicketSigner _signer;

    public AuthenticatorTests()
    {
        _refresher = new JwkRefresher(_ => Task.FromResult(Encoding.UTF8.GetBytes(_maker.Jwks)), _options, _time, NullLogger<JwkRefresher>.Instance);
        _signer = new TicketSigner(TicketKeyRing.ForThisProcess(), _time);
    }

    public void Dispose()
    {
        _refresher.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Admit_OpenMode_LetsAnybodyIn()
    {
        _options.Mode = AccessMode.Open;
        Assert.Same(AccessGrant.Anyone, (await Admit("/play/demo/x")).Grant);
    }

    [Fact]
    public async Task Admit_NoCredential_IsMissing() => Assert.Equal(AccessDenial.CredentialMissing, (await Admit("/play/demo/x")).Denial);

    [Fact]
    public async Task Admit_Jwt_GrantsWhatItsClaimsSay()
    {
        var token = _maker.Rs256(new { iss = "i", sub = "somebody@example.org", exp = In(60), media = new[] { "demo/**" }, max_streams = 2, max_kbps = 4000 });
        var grant = (await Admit($"/play/demo/x?access_token={token}")).Grant!;
        Assert.Equal(2, grant.MaxStreams);
        Assert.Equal(4000, grant.MaxKbps);
        Assert.Equal(16, grant.User.Length);
        Assert.DoesNotContain("somebody", grant.User, StringComparison.Ordinal);
        Assert.Equal(AccessDenial.MediaNotGranted, (await Admit($"/play/other/x?access_token={token}")).Denial);
    }

    [Fact]
    public async Task Admit_ForgerAtTheSameAddress_KeepsNobodyOutWhoIsKnown()
    {
        await _refresher.RefreshAsync();
        var authenticator = NewAuthenticator();
        var (known, unknown) = (_maker.Rs256(new { sub = "a", exp = In(600) }), _maker.Rs256(new { sub = "b", exp = In(600) }));
        Assert.Equal(AccessDenial.None, await Show(known));
        for (var i = 0; i < _options.CredentialFailures; i++) Assert.Equal(AccessDenial.CredentialSignature, await Show(unknown[..^6] + "AAAAAA"));
        Assert.Equal(AccessDenial.CredentialLimit, await Show(unknown));
        Assert.Equal(AccessDenial.None, await Show(known));

        async Task<AccessDenial> Show(string token)
        {
            var context = new DefaultHttpContext();
            context.Request.Headers.Authorization = $"Bearer {token}";
            return (await authenticator.AdmitAsync(context.Request, default, "/demo/x")).Denial;
        }
    }

    [Fact]
    public async Task Admit_EmptyMediaList_GrantsNothing() =>
        Assert.Equal(AccessDenial.MediaNotGranted, (await Admit($"/play/demo/x?access_token={_maker.Hs256(new { exp = In(60), media = Array.Empty<string>() })}")).Denial);

    [Fact]
    public async Task Admit_SeveralCredentials_FirstCountsAlone()
    {
        var good = _maker.Hs256(new { exp = In(60) });
        var stale = _maker.Hs256(new { exp = In(-60) });
        Assert.Equal(AccessDenial.CredentialExpired, (await Admit($"/play/x?access_token={good}", bearer: stale, cookie: good)).Denial);
        Assert.Equal(AccessDenial.None, (await Admit($"/play/x?access_token={stale}", bearer: good, cookie: stale)).Denial);
        Assert.Equal(AccessDenial.CredentialExpired, (await Admit($"/play/x?access_token={stale}", cookie: good)).Denial);
        Assert.Equal(AccessDenial.None, (await Admit("/play/x", cookie: good)).Denial);
    }

    [Fact]
    public async Task Admit_EdgeToken_OpensByAssetOrRequestPath()
    {
        foreach (var (acl, expected) in new[] { ("/demo/*", AccessDenial.None), ("/play/demo/*", AccessDenial.None), ("/*", AccessDenial.None), ("/other/*", AccessDenial.MediaNotGranted) })
        {
            var fields = $"exp={In(60)}~acl={acl}";
            var hmac = Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromHexString(EdgeKey), Encoding.UTF8.GetBytes(fields)));
            Assert.Equal(expected, (await Admit($"/play/demo/x?hdnts={fields}~hmac={hmac}")).Denial);
        }
    }

    [Fact]
    public async Task Admit_Garbage_NeverThrows()
    {
        foreach (var text in new[] { "x", "..", "a.b.c", new string('.', 5000), "%", "%00", "exp=1~hmac=" })
        {
            Assert.NotEqual(AccessDenial.None, (await Admit($"/play/x?access_token={text}")).Denial);
            Assert.NotEqual(AccessDenial.None, (await Admit($"/play/x?hdnts={text}")).Denial);
            Assert.NotEqual(AccessDenial.None, (await Admit("/play/x", bearer: text)).Denial);
        }
    }

    [Fact]
    public void Check_Ticket_OpensItsFolderOnly()
    {
        var text = _signer.Issue(Sample());
        Assert.Equal(AccessDenial.None, Check(text, "/demo/x.m4s").Denial);
        Assert.Equal("/demo/x.m4s", Check(text, "/demo/x.m4s").Address.Path);
        Assert.Equal(AccessDenial.TicketScope, Check(text, "/other/x.m4s").Denial);
        Assert.Equal(AccessDenial.TicketMalformed, Check("nonsense", "/demo/x.m4s").Denial);
        Assert.Equal(AccessDenial.TicketUnknownKey, Check(new TicketSigner(new TicketKeyRing([new TicketKey("z", new byte[32])]), _time).Issue(Sample()), "/demo/x").Denial);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(Check(text, "/demo/x.m4s") is { Denial: AccessDenial.None, Lapsed: true });
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(AccessDenial.TicketExpired, Check(text, "/demo/x.m4s").Denial);
    }

    [Theory]
    [InlineData(TicketBindingKind.Address)]
    [InlineData(TicketBindingKind.Device)]
    internal void Check_BoundTicket_IsOfNoUseElsewhere(TicketBindingKind kind)
    {
        _options.TicketBinding = kind;
        var text = _signer.Issue(Sample() with { Binding = NewAuthenticator().BindingFor(Request("192.0.2.1", "Player/1")) });
        Assert.Equal(AccessDenial.None, Check(text, "/demo/x", Request("192.0.2.1", "Player/1")).Denial);
        Assert.Equal(AccessDenial.None, Check(text, "/demo/x", Request("::ffff:192.0.2.1", "Player/1")).Denial);
        Assert.Equal(AccessDenial.TicketBinding, Check(text, "/demo/x", Request("192.0.2.2", "Player/2")).Denial);
    }

    [Fact]
    public async Task Refuse_AnyDenial_IsCountedByReason()
    {
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == _meters.GetRequiredService<IMeterFactory>() && instrument.Name == "gateway.access.denied") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => seen.Add($"{tags[0].Key}={tags[0].Value} {value}"));
        listener.Start();
        var context = new DefaultHttpContext();
        var authenticator = NewAuthenticator();
        // Series are announced with zero when they are made.
        seen.Clear();
        await authenticator.RefuseAsync(context, AccessDenial.TicketScope);
        Assert.Equal(["reason=ticket_scope 1"], seen);
        Assert.Equal(403, context.Response.StatusCode);
    }

    [Fact]
    public void Denials_EachOfThem_HasItsOwnReasonAndA4xxStatus()
    {
        var denials = Enum.GetValues<AccessDenial>().Where(d => d != AccessDenial.None).ToArray();
        Assert.Equal(denials.Length, denials.Select(AccessDenials.ReasonOf).Distinct(StringComparer.Ordinal).Count());
        Assert.All(denials, d => Assert.Contains(Gateway.Problems.ProblemTable.Of(AccessDenials.ProblemOf(d)).Status, new[] { 400, 401, 403, 410, 429 }));
    }

    [Theory]
    [InlineData("POST", null, true)]
    [InlineData("POST", "http://gateway.example", true)]
    [InlineData("POST", "https://gateway.example", true)]
    [InlineData("POST", "https://tv.example", true)]
    [InlineData("POST", "https://evil.example", false)]
    [InlineData("DELETE", "https://gateway.example.evil.example", false)]
    [InlineData("POST", "null", false)]
    [InlineData("GET", "https://evil.example", true)]
    public async Task Admit_CookieThatAForeignPageSends_OpensNothingButPlaying(string method, string? origin, bool admitted)
    {
        await _refresher.RefreshAsync();
        _options.CorsOrigins = ["https://tv.example"];
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Host = new HostString("gateway.example");
        context.Request.Headers.Cookie = $"{_options.CookieName}={_maker.Hs256(new { sub = "u", exp = In(60) })}";
        if (origin is not null) context.Request.Headers.Origin = origin;
        var accessResult = await NewAuthenticator().AdmitAsync(context.Request, default, "/demo/master.m3u8");
        Assert.Equal(admitted ? AccessDenial.None : AccessDenial.CredentialMissing, accessResult.Denial);
    }

    private long In(int seconds) => _time.GetUtcNow().ToUnixTimeSeconds() + seconds;

    private Ticket Sample() => new TicketIssuer(new AccessOptions { TicketLifetime = TimeSpan.FromHours(1) }, _time).Open(Guid.Parse("6f1c1f0e-8a4b-4c7e-9d7b-0d9a2b1c3d4e"), "u", "origin", "/demo/master.m3u8");

    private Authenticator NewAuthenticator() =>
        new(_options, _signer, new JwtVerifier(_options, _refresher, _time), new EdgeAuthVerifier(_options, _time), new AccessMetrics(_meters.GetRequiredService<IMeterFactory>()), NullLogger<Authenticator>.Instance);

    private TicketResult Check(string ticket, string path, HttpRequest? request = null)
    {
        Assert.Equal(MediaPathVerdict.Accepted, MediaTarget.TryReadPlayback($"/api/v1/playback/{ticket}/origin{path}", out var target));
        return NewAuthenticator().Check(request ?? new DefaultHttpContext().Request, target);
    }

    private static HttpRequest Request(string address, string agent)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Headers.UserAgent = agent;
        return context.Request;
    }

    private async Task<AccessResult> Admit(string rawTarget, string? bearer = null, string? cookie = null)
    {
        if (_refresher.Current.Count == 0) await _refresher.RefreshAsync();
        var context = new DefaultHttpContext();
        if (bearer is not null) context.Request.Headers.Authorization = $"Bearer {bearer}";
        if (cookie is not null) context.Request.Headers.Cookie = $"a=b; {_options.CookieName}={cookie}";
        Assert.Equal(MediaPathVerdict.Accepted, MediaTarget.TryReadPlay(rawTarget, out var target));
        return await NewAuthenticator().AdmitAsync(context.Request, target.Query, target.Path);
    }
}
