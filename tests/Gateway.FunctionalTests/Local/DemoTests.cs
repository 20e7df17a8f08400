using System.Net;
using System.Net.Sockets;

namespace Gateway.FunctionalTests.Local;

/// <summary>The README's demo command, run as a process.</summary>
public sealed class DemoTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Demo_Started_ShowsWorkingUrlsAndEndsCleanly(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        await using var demo = ProgramProcess.Start("Local.dll", "--gateway-port", "0", "--stub-port", "0");

        var output = await demo.UntilReadyAsync();
        using var client = new HttpClient();
        var urls = output.SelectMany(line => line.Split(' ')).Where(word => word.StartsWith("http://", StringComparison.Ordinal)).ToArray();
        Assert.Contains(urls, url => url.EndsWith(".m3u8", StringComparison.Ordinal));
        Assert.Contains(urls, url => url.EndsWith(".mpd", StringComparison.Ordinal));
        // The last one is the origin itself, which has no page.
        foreach (var url in urls[..^1])
        {
            using var answer = await client.GetAsync(url);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{url} answered {answer.StatusCode}");
        }

        // What the demo is to show: the page plays segments, though the title has a whole file as well.
        Assert.Contains("\"segmented\"", await client.GetStringAsync(new Uri(new Uri(urls[0]), "/api/v1/playback/engine"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await demo.SignalAsync(signal);
        var (code, errors) = await demo.EndAsync();

        Assert.Equal(0, code);
        // Warnings about an open gateway are expected; failures are not.
        Assert.DoesNotContain("fail:", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_ForTheNetwork_SaysWhoMayPlayAndWhereOthersGo()
    {
        await using var demo = ProgramProcess.Start("Local.dll", "--gateway-port", "0", "--stub-port", "0", "--listen", "0.0.0.0");

        var output = await demo.UntilReadyAsync();

        Assert.Contains(output, line => line.StartsWith("EVERYBODY in this network may play", StringComparison.Ordinal));
        Assert.DoesNotContain(output, line => line.Contains("0.0.0.0", StringComparison.Ordinal));
        var player = new Uri(Assert.Single(output, line => line.Contains("Player page", StringComparison.Ordinal)).Split(' ')[^1]);
        Assert.True(player.IsLoopback);
        var others = Assert.Single(output, line => line.Contains("Other devices", StringComparison.Ordinal)).Split(' ').Where(w => w.StartsWith("http", StringComparison.Ordinal)).ToArray();
        using var client = new HttpClient();
        foreach (var url in others)
        {
            Assert.Equal(player.Port, new Uri(url).Port);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(url), TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    [Theory]
    [InlineData("--gateway-port", "--stub-port")]
    [InlineData("--stub-port", "--gateway-port")]
    public async Task Demo_PortTaken_EndsWithOneLineAndCodeOne(string taken, string other)
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port;
        await using var demo = ProgramProcess.Start("Local.dll", taken, $"{port}", other, "0");

        var (code, errors) = await demo.EndAsync();

        Assert.Equal(1, code);
        var line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"Port {port} ", line, StringComparison.Ordinal);
        Assert.Contains(taken, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--gateway-port=eighty")]
    [InlineData("--stub-port=70000")]
    [InlineData("--listen=kitchen")]
    public async Task Demo_InvalidSwitch_EndsWithOneLineAndCodeOne(string argument)
    {
        await using var demo = ProgramProcess.Start("Local.dll", argument);

        var (code, errors) = await demo.EndAsync();

        Assert.Equal(1, code);
        Assert.Matches("is not a port|is no address", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }
}
