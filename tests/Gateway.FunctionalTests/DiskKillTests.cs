using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Caching.Disk;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests;

/// <summary>A gateway that is killed while it writes its cache's disk, and begun again over what it left: by a real process and SIGKILL, three times on one folder.</summary>
public sealed partial class DiskKillTests
{
    private const int Kills = 3;
    private const int Askers = 4;

    /// <summary>Some of it is confirmed by then, and more is on its way.</summary>
    private const long WrittenBeforeKill = 4L << 20;

    private int _version;
    private int _asked;

    [Fact]
    public async Task Killed_AmidWriting_ServesNoWrongByteAndNothingThatWasPurged()
    {
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = GiveAsync;
        var folder = Directory.CreateTempSubdirectory("gateway-killed-");
        try
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                await using var gateway = await StartAsync(origin, folder.FullName);
                await OpenedAsync(gateway.Client);
                await CheckAsync(gateway.Client);
                for (var i = 0; i < 2; i++) await ReadAsync(gateway.Client, "/files/purged/one");
                // What the origin gives from now on is another text, and nobody may see the one before.
                Interlocked.Increment(ref _version);
                Assert.Contains("\"disk\":\"written\"", await OperateAsync(gateway.Client, HttpMethod.Post, "/admin/cache/purge?prefix=/files/purged/"), StringComparison.Ordinal);

                using var over = new CancellationTokenSource();
                var asking = Enumerable.Range(0, Askers).Select(_ => AskAsync(gateway.Client, over.Token)).ToArray();
                await Patience.UntilAsync(async () => await FigureAsync(gateway.Client, Written()) >= WrittenBeforeKill);
                await gateway.KillAsync();
                await over.CancelAsync();
                await Task.WhenAll(asking);
            }

            await using var last = await StartAsync(origin, folder.FullName);
            await OpenedAsync(last.Client);
            Assert.True(await CheckAsync(last.Client) > 0, "Nothing was found on disk again.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<GatewayProcess> StartAsync(ScriptedOrigin origin, string folder) => GatewayProcess.StartAsync(
        new Uri(origin.Address),
        $"--Gateway:Cache:Disk:Path={folder}", $"--Gateway:Cache:Disk:MaxBytes={1L << 30}", $"--Gateway:Admin:ApiKey={GatewayWithStub.OperatorKey}", "--Gateway:Telemetry:ScrapeAge=00:00:00",
        "--ReverseProxy:Routes:files:ClusterId=origin", "--ReverseProxy:Routes:files:Match:Path=/files/{**rest}", "--ReverseProxy:Routes:files:Metadata:Gateway.Cache=true");

    /// <summary>Asks for one object after the other, each twice, until the gateway is dead.</summary>
    private async Task AskAsync(HttpClient client, CancellationToken over)
    {
        try
        {
            while (!over.IsCancellationRequested)
            {
                var path = PathOf(Interlocked.Increment(ref _asked) - 1);
                for (var i = 0; i < 2; i++) await ReadAsync(client, path);
            }
        }
        catch (HttpRequestException)
        {
            // It was killed.
        }
        catch (IOException)
        {
            // Amid a body.
        }
    }

    /// <summary>Reads everything that was asked for so far; returns how much of it came from disk.</summary>
    private async Task<int> CheckAsync(HttpClient client)
    {
        var fromDisk = 0;
        for (var i = 0; i < _asked; i++)
        {
            if (await ReadAsync(client, PathOf(i))) fromDisk++;
        }

        await ReadAsync(client, "/files/purged/one");
        return fromDisk;
    }

    private async Task<bool> ReadAsync(HttpClient client, string path)
    {
        // The name belongs to the key, and the port is another one after each start.
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "shop.test" } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        Assert.True(BodyOf(path).AsSpan().SequenceEqual(body), $"{path} has wrong bytes, {answer.Headers.GetValues("Cache-Status").First()}");
        return answer.Headers.GetValues("Cache-Status").Any(s => s.Contains("detail=disk", StringComparison.Ordinal));
    }

    /// <summary>The folder is read beside the start: until then nothing is looked for on disk.</summary>
    private static Task OpenedAsync(HttpClient client) => Patience.UntilAsync(async () => await FigureAsync(client, State()) == (int)DiskState.Working);

    private static async Task<long> FigureAsync(HttpClient client, Regex figure) =>
        (long)double.Parse(figure.Match(await OperateAsync(client, HttpMethod.Get, "/metrics")).Groups["figure"].Value, CultureInfo.InvariantCulture);

    private static async Task<string> OperateAsync(HttpClient client, HttpMethod method, string target)
    {
        using var request = new HttpRequestMessage(method, target) { Headers = { { "X-Admin-Key", GatewayWithStub.OperatorKey } } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private Task GiveAsync(HttpContext context)
    {
        var body = BodyOf(context.Request.Path.Value!);
        context.Response.Headers.CacheControl = "max-age=3600";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static string PathOf(int number) => string.Create(CultureInfo.InvariantCulture, $"/files/kept/{number}");

    /// <summary>The bytes of an object, by its path, and by the version where it is one that is purged.</summary>
    private byte[] BodyOf(string path)
    {
        var seed = 17u + (path.Contains("purged", StringComparison.Ordinal) ? (uint)Volatile.Read(ref _version) : 0);
        foreach (var letter in path) seed = (seed * 31) + letter;
        var bytes = new byte[60_000 + (int)(seed % 9_000)];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)((seed = (seed * 1_664_525) + 1_013_904_223) >> 24);
        return bytes;
    }

    [GeneratedRegex(@"^gateway_cache_disk_state(?:\{[^}]*\})? (?<figure>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex State();

    [GeneratedRegex(@"^gateway_cache_disk_written_bytes_total(?:\{[^}]*\})? (?<figure>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Written();
}
