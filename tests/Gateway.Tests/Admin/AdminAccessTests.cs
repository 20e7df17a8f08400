using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Access;
using Gateway.Admin;
using Gateway.Configuration;
using Gateway.Problems;
using Gateway.Telemetry;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Admin;

/// <summary>CORS, problems, trusted proxies and the operators' filter on a real server.</summary>
public sealed class AdminAccessTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _said = new();

    private WebApplication? _app;

    private HttpClient Client { get; set; } = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
    }

    [Fact]
    public async Task Cors_EveryAnswerForPlayers_IsReadableFromAnyPage()
    {
        await Start();
        foreach (var path in new[] { "/play/ok", "/play/boom", "/play/nothing/here", "/api/v1/playback/unknown" })
        {
            using var response = await Client.GetAsync(path);
            Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Contains("X-Served-From", Assert.Single(response.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
        }

        foreach (var path in new[] { "/page", "/api/orders", "/stream/mine", "/api/v1/playbacks" })
        {
            using var page = await Client.GetAsync(path);
            Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"), path);
        }
    }

    [Fact]
    public async Task Cors_Preflight_AllowsRangeAndCorrelationHeaders()
    {
        await Start();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/playback/t/origin/x.m4s");
        request.Headers.Add("Origin", "https://page.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        using var response = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var allowed = string.Join(',', response.Headers.GetValues("Access-Control-Allow-Headers"));
        foreach (var header in new[] { "Range", "Authorization", "x-segmented-startup-load-id", "x-segmented-startup-correlation-id" }) Assert.Contains(header, allowed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cors_ListedOrigins_OnlyTheyMayRead()
    {
        await Start("--Gateway:Access:CorsOrigins:0=https://tv.example");
        Assert.Equal("https://tv.example", await AllowedFor("https://tv.example"));
        Assert.Null(await AllowedFor("https://evil.example"));
        Assert.Null(await AllowedFor(null));

        async Task<string?> AllowedFor(string? origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/play/ok");
            if (origin is not null) request.Headers.Add("Origin", origin);
            using var response = await Client.SendAsync(request);
            Assert.Contains("Origin", response.Headers.Vary);
            Assert.Equal(origin == "https://tv.example", response.Headers.TryGetValues("Access-Control-Allow-Credentials", out var credentials) && credentials.Single() == "true");
            return response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
        }
    }

    [Fact]
    public async Task Cors_UpstreamsOwnHeaders_AreReplaced()
    {
        await Start();
        using var response = await Client.GetAsync("/play/foreign-cors");
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Problems_Exception_IsA500WithoutDetails()
    {
        await Start();
        using var response = await Client.GetAsync("/play/boom");
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("STREAMING_INTERNAL", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret inside", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problems_WhatRoutingRefuses_IsADocumentToo()
    {
        await Start();
        Assert.Equal("STREAMING_ASSET_NOT_FOUND", await CodeOf(HttpMethod.Get, "/play/nothing/here", HttpStatusCode.NotFound));
        Assert.Equal("STREAMING_ROUTE_NOT_FOUND", await CodeOf(HttpMethod.Get, "/api/v1/unknown", HttpStatusCode.NotFound));
        Assert.Equal("STREAMING_METHOD_NOT_ALLOWED", await CodeOf(HttpMethod.Put, "/play/ok", HttpStatusCode.MethodNotAllowed));
        Assert.Equal("STREAMING_ORIGIN_UNAVAILABLE", await CodeOf(HttpMethod.Get, "/play/503", HttpStatusCode.ServiceUnavailable));
        using var page = await Client.GetAsync("/nothing");
        Assert.Empty(await page.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Problems_BodyThatHasBegun_IsCutAndNotContinued()
    {
        await Start();
        await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetByteArrayAsync("/play/boom-later"));
    }

    [Fact]
    public async Task Admin_InDevelopmentWithoutKey_OnlyDirectLoopbackCallers()
    {
        await Start("--environment=Development");
        Assert.Equal(HttpStatusCode.OK, await Admin());
        Assert.Equal(HttpStatusCode.OK, await Admin(("Origin", Client.BaseAddress!.ToString().TrimEnd('/'))));
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("X-Forwarded-For", "127.0.0.1")));
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("Forwarded", "for=127.0.0.1")));
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("Via", "1.1 proxy")));
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("Origin", "null")));
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("Host", "evil.example")));
    }

    [Fact]
    public async Task Admin_NoKeyOutsideOfDevelopment_OnlyWhoReadsTheFileThatTheStartNames()
    {
        await Start();
        Assert.Equal(HttpStatusCode.Forbidden, await Admin());
        var path = Assert.Single(_said, line => line.Contains("No admin key is configured", StringComparison.Ordinal)).Split('\'')[1];
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var key = (await File.ReadAllTextAsync(path)).TrimEnd('\n');
        Assert.Equal(64, key.Length);
        Assert.DoesNotContain(_said, line => line.Contains(key, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await Admin(("X-Admin-Key", key)));
        await _app!.StopAsync();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Admin_SwitchedOff_NobodyIsOperator()
    {
        await Start("--Gateway:Admin:MakeKey=false");
        Assert.Equal(HttpStatusCode.Forbidden, await Admin());
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("X-Admin-Key", new string('0', 64))));
        Assert.DoesNotContain(_said, line => line.Contains("One was made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Admin_SeveralKeys_TheFilterNamesItsOwner()
    {
        await Start("--Gateway:Admin:ApiKey=the-oldest-of-the-keys", "--Gateway:Admin:ApiKeys:0=ann:the-key-of-ann-and-only-hers", "--Gateway:Admin:ApiKeys:1=bob:the-key-of-bob-and-only-his");
        Assert.Equal("operator", await Who("the-oldest-of-the-keys"));
        Assert.Equal("ann", await Who("the-key-of-ann-and-only-hers"));
        Assert.Equal("bob", await Who("the-key-of-bob-and-only-his"));
        Assert.Equal("", await Who("bob:the-key-of-bob-and-only-his"));
    }

    [Fact]
    public async Task Admin_WrongKeys_AreLoggedWithTheAddressAndThenRefusedUnread()
    {
        var clock = new ManualTimeProvider();
        await Start(clock, "--Gateway:Admin:ApiKey=correct-horse-battery", "--Gateway:Admin:KeyFailures=3", "--Gateway:Access:TrustedProxies:0=127.0.0.1");
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Forbidden, await Admin(("X-Admin-Key", $"incorrect-horse-{i}"), ("X-Forwarded-For", "203.0.113.7")));
        Assert.Equal(3, _said.Count(line => line.Contains("Wrong X-Admin-Key", StringComparison.Ordinal) && line.Contains("203.0.113.7", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Admin(("X-Admin-Key", "correct-horse-battery"), ("X-Forwarded-For", "203.0.113.7")));
        Assert.DoesNotContain(_said, line => line.Contains("horse", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, await Admin(("X-Admin-Key", "correct-horse-battery"), ("X-Forwarded-For", "203.0.113.8")));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, await Admin(("X-Admin-Key", "correct-horse-battery"), ("X-Forwarded-For", "203.0.113.7")));
    }

    [Fact]
    public async Task Admin_Key_IsNeededEvenFromLoopback()
    {
        await Start("--Gateway:Admin:ApiKey=let-me-in-I-am-the-operator");
        Assert.Equal(HttpStatusCode.Forbidden, await Admin());
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("X-Admin-Key", "let-me-in-I-am-the-operato")));
        Assert.Equal(HttpStatusCode.Forbidden, await Admin(("X-Admin-Key", "")));
        Assert.Equal(HttpStatusCode.OK, await Admin(("X-Admin-Key", "let-me-in-I-am-the-operator")));
        Assert.Equal(HttpStatusCode.OK, await Admin(("X-Admin-Key", "let-me-in-I-am-the-operator"), ("X-Forwarded-For", "203.0.113.1")));
    }

    [Fact]
    public async Task AdminUrls_ThereAndNowhereElse_IsWhatOperatorsNeed()
    {
        await Start("--Gateway:Admin:Urls=http://127.0.0.1:0", "--Gateway:Admin:ApiKey=let-me-in-I-am-the-operator");
        using var theirs = new HttpClient { BaseAddress = new Uri(_app!.Urls.Last()) };
        Assert.Equal(2, _app.Urls.Count);
        foreach (var path in new[] { "/admin/thing", "/metrics", "/ADMIN/thing" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await Status(Client, path));
            Assert.Equal(HttpStatusCode.OK, await Status(theirs, path));
        }

        Assert.Equal(HttpStatusCode.OK, await Status(Client, "/page"));
        Assert.Equal(HttpStatusCode.NotFound, await Status(theirs, "/page"));
        Assert.Equal(HttpStatusCode.NotFound, await Status(theirs, "/play/ok"));
        Assert.Equal(HttpStatusCode.OK, await Status(theirs, "/health/live"));
        Assert.Equal(HttpStatusCode.OK, await Status(Client, "/health/live"));

        static async Task<HttpStatusCode> Status(HttpClient client, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Admin-Key", "let-me-in-I-am-the-operator");
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("9100")]
    [InlineData("ftp://127.0.0.1:9100")]
    [InlineData("http://127.0.0.1:9100/base")]
    [InlineData("http://unix:/run/admin.sock")]
    public void AdminUrls_ThatAreNone_AreRefused(string url)
    {
        var refusal = Assert.Throws<WrongConfigurationException>(() => Gateway.Program.Build([$"--Gateway:Admin:Urls={url}", "--urls=http://127.0.0.1:0"]));
        Assert.Contains("Gateway:Admin: Urls", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AdminUrls_OnAPortOfTheOthers_AreRefused() =>
        Assert.Throws<WrongConfigurationException>(() => Gateway.Program.Build(["--Gateway:Admin:Urls=http://127.0.0.1:8080", "--urls=http://10.0.0.1:8080"]));

    [Fact]
    public async Task TrustedProxies_SomebodyElseForwards_IsSaidOnce()
    {
        await Start();
        for (var i = 0; i < 3; i++) await AddressSeen("203.0.113.9");
        Assert.Single(_said, line => line.Contains("TrustedProxies", StringComparison.Ordinal) && line.Contains("127.0.0.1", StringComparison.Ordinal));
        await Start("--Gateway:Access:TrustedProxies:0=127.0.0.0/8");
        await AddressSeen("203.0.113.9");
        Assert.DoesNotContain(_said, line => line.Contains("TrustedProxies", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/jwks.json", "", true, false)]
    [InlineData("http://192.0.2.1:1/jwks.json", "", true, true)]
    [InlineData("https://127.0.0.1:1/jwks.json", "tv", false, false)]
    public async Task Start_KeySetByUrl_WarnsOfWhatIsLikelyAMistake(string jwks, string audience, bool ofAudience, bool ofPlain)
    {
        await Start("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={jwks}", $"--Gateway:Access:Audience={audience}");
        Assert.Equal(ofAudience, _said.Any(line => line.Contains("Gateway:Access:Audience", StringComparison.Ordinal)));
        Assert.Equal(ofPlain, _said.Any(line => line.Contains("without TLS", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task TrustedProxies_ForgedForwardedFor_ChangesNothingUnlessConfigured()
    {
        await Start();
        Assert.Equal("127.0.0.1", await AddressSeen("203.0.113.9"));
        await Start("--Gateway:Access:TrustedProxies:0=127.0.0.0/8");
        Assert.Equal("203.0.113.9", await AddressSeen("203.0.113.9"));
        // Only what the nearest trusted proxy saw counts; what the client put in front does not.
        Assert.Equal("203.0.113.9", await AddressSeen("198.51.100.1, 203.0.113.9"));
    }

    [Fact]
    public async Task RawTarget_EscapesThatKestrelDecodes_KeepTheirSpelling()
    {
        await Start();
        Assert.Contains("DotSegment", await Raw("/play/a/%2e%2e/%2e%2e/etc/passwd"), StringComparison.Ordinal);
        Assert.Contains("DotSegment", await Raw("/play/a/../ok2"), StringComparison.Ordinal);
        Assert.Contains("Accepted /a%20b", await Raw("/play/a%20b"), StringComparison.Ordinal);
    }

    private async Task<string> Raw(string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nX-Raw: 1\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
    }

    private async Task<string> AddressSeen(string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/address");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var response = await Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<HttpStatusCode> Admin(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/thing");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<string?> CodeOf(HttpMethod method, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }

    private async Task<string> Who(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/who");
        request.Headers.Add("X-Admin-Key", key);
        using var response = await Client.SendAsync(request);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : "";
    }

    private Task Start(params string[] args) => Start(TimeProvider.System, args);

    private async Task Start(TimeProvider time, params string[] args)
    {
        if (_app is not null) await _app.DisposeAsync();
        _said.Clear();
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(new Listener(_said));
        builder.Services.AddSingleton(time);
        // Nothing here asks a real identity provider.
        builder.Services.AddSingleton(s => new Gateway.Access.Jwt.JwkRefresher(null, s.GetRequiredService<AccessOptions>(), time, NullLogger<Gateway.Access.Jwt.JwkRefresher>.Instance));
        builder.Services.AddTelemetry(builder.Configuration).AddAccess().AddAdmin();
        builder.AddAdminListener();
        _app = builder.Build();
        _app.UseProblems();
        _app.UseAdminListener();
        _app.UseTrustedProxies();
        _app.UseMediaCors([]);
        _app.Use((context, next) =>
        {
            if (!context.Request.Headers.ContainsKey("X-Raw")) return next(context);
            var verdict = MediaTarget.TryReadPlay(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var target);
            return context.Response.WriteAsync($"{verdict} {target.Path}");
        });
        _app.UseRouting();
        _app.MapGet("/play/ok", () => "fine");
        _app.MapGet("/play/boom", string () => throw new InvalidOperationException("secret inside"));
        _app.MapGet("/play/boom-later", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("secret inside");
        });
        _app.MapGet("/play/503", () => Results.StatusCode(503));
        _app.MapGet("/play/foreign-cors", (HttpContext context) =>
        {
            context.Response.Headers.AccessControlAllowOrigin = "https://origin.example";
            context.Response.Headers.AccessControlAllowCredentials = "true";
            return "fine";
        });
        _app.MapGet("/page", () => "page");
        _app.MapGet("/metrics", () => "metrics");
        _app.MapGet("/health/live", () => "live");
        _app.MapGet("/address", (HttpContext context) => context.Connection.RemoteIpAddress!.ToString());
        _app.MapGet("/admin/thing", () => "done").RequireAdminKey();
        _app.MapGet("/admin/who", (HttpContext context) => OperatorIdentity.Of(context).KeyId).RequireAdminKey();
        await _app.StartAsync();
        Client.Dispose();
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()), Timeout = TimeSpan.FromMinutes(2) };
    }

    private sealed class Listener(ConcurrentQueue<string> said) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => said.Enqueue(formatter(state, exception));

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
