using System.Net;
using Gateway.Configuration;
using Gateway.Testing;

namespace Gateway.Tests.Admin;

/// <summary>CORS, problems, trusted proxies and the operators' filter on a real server.</summary>
public sealed class AdminAccessTests : AdminGateway
{
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

    private async Task<HttpStatusCode> Admin(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/thing");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<string> Who(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/who");
        request.Headers.Add("X-Admin-Key", key);
        using var response = await Client.SendAsync(request);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : "";
    }
}
