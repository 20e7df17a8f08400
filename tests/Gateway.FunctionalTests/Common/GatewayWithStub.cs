using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.Common;

/// <summary>
/// A real gateway in front of a real transcoder, each on a free loopback port. An error in the gateway's log fails the test that disposes it.
/// </summary>
public sealed class GatewayWithStub : IAsyncDisposable
{
    /// <summary>The admin key of the fixture, unless a test's knobs set one.</summary>
    public const string OperatorKey = "the-operators-key-of-the-tests";

    private readonly WebApplication _stub;
    private readonly WebApplication _gateway;
    private readonly ErrorCollector _errors;

    private GatewayWithStub(WebApplication stub, WebApplication gateway, ErrorCollector errors)
    {
        _stub = stub;
        _gateway = gateway;
        _errors = errors;
        StubUrl = new Uri(stub.Urls.Single());
        Url = new Uri(gateway.Urls.Single());
        Client = NewClient();
        Client.DefaultRequestHeaders.Add("X-Admin-Key", OperatorKey);
    }

    public Uri Url { get; }

    public Uri StubUrl { get; }

    /// <summary>Follows no redirects and decodes nothing, so that tests see the bytes on the wire. It sends the admin key, unlike those of <see cref="NewClient"/>.</summary>
    public HttpClient Client { get; }

    /// <param name="knobs">Command-line knobs of the gateway, for example <c>--Gateway:Prefetch:Segments=0</c>.</param>
    public static Task<GatewayWithStub> StartAsync(params string[] knobs) => StartAsync(adjust: null, knobs);

    public static Task<GatewayWithStub> StartAsync(Action<WebApplicationBuilder>? adjust, params string[] knobs) => StartAsync(adjust, null, knobs);

    /// <param name="clock">The gateway's.</param>
    /// <param name="knobs">Command-line knobs of the gateway.</param>
    public static Task<GatewayWithStub> StartAsync(TimeProvider clock, params string[] knobs) => StartAsync(clock, null, knobs);

    /// <param name="clock">The gateway's.</param>
    /// <param name="stubClock">The transcoder's; null for the machine's.</param>
    /// <param name="knobs">Command-line knobs of the gateway.</param>
    public static Task<GatewayWithStub> StartAsync(TimeProvider clock, TimeProvider? stubClock, params string[] knobs) =>
        StartAsync(builder => builder.Services.AddSingleton(clock), stubClock, knobs);

    private static async Task<GatewayWithStub> StartAsync(Action<WebApplicationBuilder>? adjust, TimeProvider? stubClock, string[] knobs)
    {
        var stub = TranscoderStub.Program.Build(["--urls", "http://127.0.0.1:0"], builder =>
        {
            builder.WebHost.ConfigureKestrel(Patience.Server);
            if (stubClock is not null) builder.Services.AddSingleton(stubClock);
        });
        await stub.StartAsync();
        return await StartAsync(stub, $"{stub.Urls.Single()}/", adjust, knobs);
    }

    /// <summary>A gateway whose origin is somewhere else: a dead port, a server of the test's own.</summary>
    public static Task<GatewayWithStub> StartAtAsync(string origin, params string[] knobs) => StartAtAsync(origin, null, knobs);

    /// <param name="origin">Address of the origin.</param>
    /// <param name="clock">The gateway's; null for the machine's.</param>
    /// <param name="knobs">Command-line knobs of the gateway.</param>
    public static async Task<GatewayWithStub> StartAtAsync(string origin, TimeProvider? clock, params string[] knobs)
    {
        var stub = TranscoderStub.Program.Build(["--urls", "http://127.0.0.1:0"]);
        await stub.StartAsync();
        return await StartAsync(stub, origin, clock is null ? null : builder => builder.Services.AddSingleton(clock), knobs);
    }

    public T Part<T>()
        where T : notnull => _gateway.Services.GetRequiredService<T>();

    public T StubPart<T>()
        where T : notnull => _stub.Services.GetRequiredService<T>();

    public HttpClient NewClient(string? userAgent = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Url,
            Timeout = Patience.Deadline,
        };
        if (userAgent is not null) client.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);
        return client;
    }

    /// <summary>Switches the transcoder's faults as a test outside of the process would.</summary>
    public async Task PutFaultsAsync(params object[] rules)
    {
        using var client = new HttpClient { BaseAddress = StubUrl };
        using var answer = await client.PutAsJsonAsync("/_stub/faults", rules);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // Stopped before it is taken apart, as a host does it: requests that upstream holds back come to their end first.
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        await _stub.DisposeAsync();
        Assert.True(_errors.Messages.IsEmpty, string.Join(Environment.NewLine, _errors.Messages));
    }

    private static async Task<GatewayWithStub> StartAsync(WebApplication stub, string origin, Action<WebApplicationBuilder>? adjust, string[] knobs)
    {
        var errors = new ErrorCollector();
        string[] settings =
        [
            "--urls", "http://127.0.0.1:0",
            $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}",
            "--Gateway:Telemetry:Events=File",
            "--Gateway:Telemetry:ScrapeAge=00:00:00",
            $"--Gateway:Player:TitlesFile={Path.Combine(AppContext.BaseDirectory, "titles.json")}",
            $"--Gateway:Admin:ApiKey={OperatorKey}",
            .. Patience.Knobs,
            .. knobs,
        ];
        var gateway = Gateway.Program.Build(settings, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(errors);
            builder.WebHost.ConfigureKestrel(Patience.Server);
            adjust?.Invoke(builder);
        });
        await gateway.StartAsync();
        return new GatewayWithStub(stub, gateway, errors);
    }
}
