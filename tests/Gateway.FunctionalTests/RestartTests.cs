using System.Net;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>A gateway is killed and comes back: what plays goes on with the URLs that it has.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("restart-").FullName;

    private string KeyFile => Path.Combine(_folder, "state", "ticket-key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Kill_OfAGatewayWithAKeyFile_LeavesTheUrlsOfItsSessionsGood()
    {
        await using var stub = TranscoderStub.Program.Build(["--urls=http://127.0.0.1:0"], null);
        await stub.StartAsync(TestContext.Current.CancellationToken);
        var origin = new Uri(stub.Urls.First());

        var viewer = await BeforeAsync(origin, KeyFile);
        await using var again = await GatewayProcess.StartAsync(origin, $"--Gateway:Access:TicketKeyFile={KeyFile}");

        foreach (var url in (Uri[])[viewer.Variant, viewer.Segments[0], viewer.Segments[^1]])
        {
            using var answer = await again.Client.GetAsync(url.PathAndQuery, TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, $"{url} answered {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Kill_OfAGatewayThatKeepsNoKey_EndsTheUrlsAndSaysToStartAgain()
    {
        await using var stub = TranscoderStub.Program.Build(["--urls=http://127.0.0.1:0"], null);
        await stub.StartAsync(TestContext.Current.CancellationToken);
        var origin = new Uri(stub.Urls.First());

        var viewer = await BeforeAsync(origin, "none");
        await using var again = await GatewayProcess.StartAsync(origin, "--Gateway:Access:TicketKeyFile=none");
        using var answer = await again.Client.GetAsync(viewer.Variant.PathAndQuery, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("Start again from /play", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(File.Exists(KeyFile));
    }

    [Fact]
    public async Task Start_WithAKeyFileThatCannotBeUsed_IsRefusedWithItsName()
    {
        Directory.CreateDirectory(KeyFile);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => GatewayProcess.StartAsync(new Uri("http://127.0.0.1:1"), $"--Gateway:Access:TicketKeyFile={KeyFile}"));

        Assert.Contains("Gateway:Access:TicketKeyFile", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(KeyFile, refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<HlsViewer> BeforeAsync(Uri origin, string keyFile)
    {
        await using var gateway = await GatewayProcess.StartAsync(origin, $"--Gateway:Access:TicketKeyFile={keyFile}");
        var viewer = await HlsViewer.StartAsync(gateway.Client, "/play/demo/master.m3u8");
        await gateway.KillAsync();
        return viewer;
    }
}
