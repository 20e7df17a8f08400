using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.Telemetry;

/// <summary>Takes what an OTLP exporter posts; protobuf's strings can be searched as they are.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _received;

    private OtlpCollector(WebApplication app, ConcurrentQueue<string> received)
    {
        _app = app;
        _received = received;
    }

    public string Url => _app.Urls.First();

    public string Text => string.Concat(_received);

    public static async Task<OtlpCollector> StartAsync()
    {
        var received = new ConcurrentQueue<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
        });
        app.MapPost("/v1/metrics", () => "");
        await app.StartAsync();
        return new OtlpCollector(app, received);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
