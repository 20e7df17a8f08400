using System.Net;
using Gateway.Load.Checks;

namespace Gateway.Tests.Load.Checks;

public sealed class CheckedSystemTests
{
    [Fact]
    public async Task Requests_BeyondTheMost_AreNotSent()
    {
        var sent = 0;
        using var system = new CheckedSystem(new Uri("http://system.test"), TimeSpan.FromSeconds(5), new Answering(() => sent++));
        for (var i = 0; i < CheckedSystem.MostRequests; i++) await system.GetAsync("/", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<IOException>(() => system.GetAsync("/", TestContext.Current.CancellationToken));
        Assert.Equal(CheckedSystem.MostRequests, sent);
    }

    [Fact]
    public async Task Body_WithoutAnEnd_IsReadToTheMost()
    {
        using var system = new CheckedSystem(new Uri("http://system.test"), TimeSpan.FromSeconds(30), new Answering(static () => { }, CheckedSystem.MostBytes + 1000));
        Assert.Equal(CheckedSystem.MostBytes, (await system.GetAsync("/", TestContext.Current.CancellationToken)).Body.Length);
    }

    private sealed class Answering(Action sent, int length = 0) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            sent();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(new byte[length]) });
        }
    }
}
