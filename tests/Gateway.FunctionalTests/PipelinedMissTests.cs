using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests;

/// <summary>A client who begins a fetch goes on within it; what that client's connection brings next must not hold up those who share the fetch.</summary>
public sealed class PipelinedMissTests
{
    private const int SegmentBytes = 256 << 10;
    private const int FirstBytes = 64 << 10;

    [Theory]
    [InlineData("Range: bytes=0-99")]
    [InlineData("If-None-Match: \"1\"")]
    public async Task Starter_AnsweredBeforeTheBodyIsIn_HoldsNobodyUpWithItsNextRequest(string field)
    {
        using var isBusy = new SemaphoreSlim(0);
        using var mayGoOn = new ManualResetEventSlim();
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = async context =>
        {
            context.Response.ContentLength = SegmentBytes;
            context.Response.Headers.ETag = "\"1\"";
            context.Response.Headers.CacheControl = "max-age=600";
            context.Response.ContentType = "video/mp4";
            await context.Response.Body.WriteAsync(new byte[FirstBytes]);
            await context.Response.Body.FlushAsync();
            await mayEnd.Task.WaitAsync(Patience.Deadline);
            await context.Response.Body.WriteAsync(new byte[SegmentBytes - FirstBytes]);
        };
        await using var gateway = Program.Build(
            ["--urls=http://127.0.0.1:0", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin.Address}", "--Gateway:Prefetch:Segments=0", .. Patience.Knobs],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<IStartupFilter>(new BusyRoute(isBusy, mayGoOn));
            });
        await gateway.StartAsync();
        var url = new Uri(gateway.Urls.Single());
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /play/title/seg1.m4s HTTP/1.1\r\nHost: {url.Authority}\r\n{field}\r\n\r\nGET {BusyRoute.Path} HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n"));
        try
        {
            Assert.True(await isBusy.WaitAsync(Patience.Deadline));
            using var other = new HttpClient { BaseAddress = url, Timeout = Patience.Deadline };
            var whole = other.GetByteArrayAsync("/play/title/seg1.m4s");
            mayEnd.SetResult();
            Assert.Equal(SegmentBytes, (await whole).Length);
        }
        finally
        {
            mayGoOn.Set();
        }

        Assert.Single(origin.Requests, static r => r.Target.EndsWith("seg1.m4s", StringComparison.Ordinal));
    }

    /// <summary>A route that takes its thread for as long as the test wants: what thousands of small requests in one packet do.</summary>
    private sealed class BusyRoute(SemaphoreSlim isBusy, ManualResetEventSlim mayGoOn) : IStartupFilter
    {
        public const string Path = "/busy";

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, inner) =>
            {
                if (context.Request.Path != Path) return inner(context);
                isBusy.Release();
                mayGoOn.Wait(Patience.Deadline);
                context.Response.StatusCode = (int)HttpStatusCode.NoContent;
                return Task.CompletedTask;
            });
            next(app);
        };
    }
}
