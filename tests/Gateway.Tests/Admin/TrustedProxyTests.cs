namespace Gateway.Tests.Admin;

/// <summary>Forwarded addresses count from trusted proxies only, and raw targets keep their spelling.</summary>
public sealed class TrustedProxyTests : AdminGateway
{
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

    private async Task<string> AddressSeen(string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/address");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var response = await Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
