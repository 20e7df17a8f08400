using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.CachedRoutes;

/// <summary>A real gateway with one cached route and one plain one before a scripted origin.</summary>
internal sealed class CachedRouteFixture : IAsyncDisposable
{
    private readonly WebApplication _gateway;
    private readonly ErrorCollector _errors;

    private CachedRouteFixture(ScriptedOrigin origin, WebApplication gateway, ErrorCollector errors)
    {
        Origin = origin;
        _gateway = gateway;
        _errors = errors;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(gateway.Urls.Single()),
            Timeout = Patience.Deadline,
        };
    }

    public ScriptedOrigin Origin { get; }

    public HttpClient Client { get; }

    /// <summary>
    /// The media routes, and those of an operator: <c>/shop/…</c> cached, <c>/plain/…</c> not, <c>/cut/…</c> cached without its prefix and with a field of its own on every response.
    /// </summary>
    public static async Task<CachedRouteFixture> StartAsync(params string[] knobs)
    {
        var origin = await ScriptedOrigin.StartAsync();
        var errors = new ErrorCollector();
        string[] settings =
        [
            "--urls", "http://127.0.0.1:0",
            "--Gateway:Telemetry:Events=Off",
            $"--ReverseProxy:Clusters:shop:Destinations:a:Address={origin.Address}",
            $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin.Address}",
            // The origin gets only the tests' own requests, no probes.
            "--ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled=false",
            "--ReverseProxy:Routes:shop:ClusterId=shop",
            "--ReverseProxy:Routes:shop:Match:Path=/shop/{**rest}",
            "--ReverseProxy:Routes:shop:Metadata:Gateway.Cache=true",
            "--ReverseProxy:Routes:plain:ClusterId=shop",
            "--ReverseProxy:Routes:plain:Match:Path=/plain/{**rest}",
            "--ReverseProxy:Routes:shared:ClusterId=shop",
            "--ReverseProxy:Routes:shared:Match:Path=/shared/{**rest}",
            "--ReverseProxy:Routes:shared:Metadata:Gateway.Cache=true",
            "--ReverseProxy:Routes:shared:Metadata:Gateway.Cache.SharedCookies=true",
            "--ReverseProxy:Routes:cut:ClusterId=shop",
            "--ReverseProxy:Routes:cut:Match:Path=/cut/{**rest}",
            "--ReverseProxy:Routes:cut:Metadata:Gateway.Cache=True",
            "--ReverseProxy:Routes:cut:Transforms:0:PathRemovePrefix=/cut",
            "--ReverseProxy:Routes:cut:Transforms:1:ResponseHeader=X-Shop",
            "--ReverseProxy:Routes:cut:Transforms:1:Set=yes",
            .. Patience.Knobs,
            .. knobs,
        ];
        var gateway = Gateway.Program.Build(settings, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(errors);
            builder.WebHost.ConfigureKestrel(Patience.Server);
            // The fake clock does not advance: fresh responses stay fresh, and ages are those of the origin.
            builder.Services.AddSingleton<TimeProvider>(ManualTimeProvider.FromNow());
        });
        await gateway.StartAsync();
        return new CachedRouteFixture(origin, gateway, errors);
    }

    /// <summary>Sends a request with the given field lines: <c>Name: value</c>.</summary>
    public async Task<Answer> AskAsync(string path, HttpMethod? method = null, params string[] fields)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        foreach (var field in fields)
        {
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(field[..colon], field[(colon + 1)..].Trim());
        }

        using var response = await Client.SendAsync(request);
        var all = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, all, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        await Origin.DisposeAsync();
        Assert.True(_errors.Messages.IsEmpty, string.Join(Environment.NewLine, _errors.Messages));
    }

    internal sealed record Answer(int Status, Dictionary<string, string> Headers, string Body)
    {
        public string? this[string name] => Headers.GetValueOrDefault(name);

        public string? Cache => this["Cache-Status"];
    }
}
