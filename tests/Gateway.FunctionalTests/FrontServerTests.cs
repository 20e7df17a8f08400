using System.Net;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>Real proxies on this machine, with and without forwarding headers: no client gets admin access through them.</summary>
public sealed class FrontServerTests
{
    private static readonly (string Method, string Path)[] OperatorRoutes =
    [
        ("GET", "/admin/sessions"), ("GET", "/admin/cache"), ("GET", "/admin/origins"), ("POST", "/admin/drain"), ("POST", "/admin/cache/purge?prefix=/"),
    ];

    [Theory]
    [InlineData("nginx", false, false)]
    [InlineData("nginx", true, false)]
    [InlineData("nginx", true, true)]
    [InlineData("haproxy", false, false)]
    [InlineData("haproxy", true, false)]
    [InlineData("haproxy", true, true)]
    public async Task Admin_BehindAProxyOnThisMachine_NeedsTheKey(string program, bool forwards, bool isTrusted)
    {
        SkipWithout(program);
        // No key is configured: one is made at the start.
        await using var fixture = await GatewayWithStub.StartAsync(
            "--Gateway:Admin:ApiKey=", "--Gateway:Admin:KeyFailures=1000", isTrusted ? "--Gateway:Access:TrustedProxies:0=127.0.0.0/8" : "--Gateway:Access:Mode=Open");
        await using var front = await FrontServer.StartAsync(program, fixture.Url, forwards);
        using var client = front.NewClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);

        (string, string)[][] disguises =
        [
            [], [("Host", "localhost")], [("Host", "127.0.0.1")], [("X-Forwarded-For", "127.0.0.1")], [("X-Forwarded-For", "::1"), ("Host", "localhost")], [("Forwarded", "for=127.0.0.1")],
            [("X-Admin-Key", "a-key-that-nobody-has")], [("X-Admin-Key", "")],
        ];
        foreach (var (method, path) in OperatorRoutes)
        {
            foreach (var disguise in disguises) Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(client, method, path, disguise));
        }

        // The same with a configured key.
        await using var keyed = await GatewayWithStub.StartAsync();
        await using var keyedFront = await FrontServer.StartAsync(program, keyed.Url, forwards);
        using var keyedClient = keyedFront.NewClient();
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(keyedClient, "GET", "/admin/cache", ("Host", "localhost")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(keyedClient, "GET", "/admin/cache", ("X-Admin-Key", GatewayWithStub.OperatorKey)));
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task Admin_InDevelopmentBehindAForwardingProxy_IsRefused(string program)
    {
        SkipWithout(program);
        await using var fixture = await GatewayWithStub.StartAsync("--environment=Development", "--Gateway:Admin:ApiKey=");
        await using var front = await FrontServer.StartAsync(program, fixture.Url, forwards: true);
        using var client = front.NewClient();
        foreach (var (method, path) in OperatorRoutes) Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(client, method, path, ("Host", "localhost")));
    }

    private static void SkipWithout(string program) =>
        Assert.SkipUnless(new[] { "/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin" }.Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed.");

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
