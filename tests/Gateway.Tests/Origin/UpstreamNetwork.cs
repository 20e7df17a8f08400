using System.Threading.Channels;
using Gateway.Configuration;
using Gateway.Media;
using Gateway.Origin;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Tests.Origin;

/// <summary>The origin feature alone in a running host: YARP, clusters from configuration, the fetch.</summary>
internal sealed class UpstreamNetwork : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private readonly CancellationTokenSource _deadline = new(Deadline, TimeProvider.System);

    private readonly ChannelReader<bool> _reloads;

    private UpstreamNetwork(WebApplication app, ChannelReader<bool> reloads)
    {
        App = app;
        _reloads = reloads;
        reloads.TryRead(out _);
    }

    public WebApplication App { get; }

    public CancellationToken Patience => _deadline.Token;

    public IServiceProvider Services => App.Services;

    public string Address => App.Urls.First();

    public FetchUpstream Fetch => Services.GetRequiredService<FetchUpstream>();

    public static Task<UpstreamNetwork> OpenAsync(params (string Key, string? Value)[] settings) => OpenAsync(TimeProvider.System, settings);

    public static Task<UpstreamNetwork> OpenAsync(TimeProvider clock, params (string Key, string? Value)[] settings) => OpenAsync(clock, _ => { }, settings);

    public static async Task<UpstreamNetwork> OpenAsync(TimeProvider clock, Action<WebApplication> map, params (string Key, string? Value)[] settings)
    {
        var reloads = Channel.CreateUnbounded<bool>();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Testing" });
        builder.Logging.ClearProviders();
        var defaults = new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Gateway:Origin:HealthPath"] = "/probe",
            ["Gateway:Origin:RetryDelay"] = "00:00:00.001",
            ["Gateway:Origin:RetryJitter"] = "00:00:00",
            // The limits are too long to be reached on a busy machine; a test of a limit sets its own, or moves the clock.
            ["Gateway:Origin:ConnectTimeout"] = "00:01:00",
            ["Gateway:Origin:FirstByteTimeout"] = "00:05:00",
            ["Gateway:Origin:IdleTimeout"] = "00:05:00",
            ["Gateway:Origin:TimeBudget"] = "00:10:00",
        };
        // The gateway's own appsettings.json lies beside the tests and holds the knobs of all features.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(defaults);
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.Services.AddSingleton(new Random(1));
        builder.Services.AddSingleton(clock);
        builder.Services.AddOrigin(builder.Configuration);
        builder.Services.AddSingleton<IConfigChangeListener>(new Applied(reloads.Writer));
        var app = builder.Build();
        app.CheckConfiguration();
        app.MapOrigin();
        map(app);
        await app.StartAsync();
        return new UpstreamNetwork(app, reloads.Reader);
    }

    /// <summary>Settings of a cluster with these destinations, named a, b, c in their order.</summary>
    public static (string Key, string? Value)[] Cluster(string id, params string[] addresses) =>
        [.. addresses.Select((a, i) => ($"ReverseProxy:Clusters:{id}:Destinations:{(char)('a' + i)}:Address", (string?)a))];

    public Task<OriginReply> GetAsync(string path, string query = "", string cluster = "origin") =>
        Fetch(new OriginRequest { Address = new MediaAddress(cluster, path, query) }, Patience).AsTask();

    public async Task<string> ReadAsync(OriginReply reply)
    {
        var text = new MemoryStream();
        var buffer = new byte[4096];
        for (int n; (n = await reply.ReadAsync(buffer, Patience)) > 0;) text.Write(buffer, 0, n);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>Changes the configuration as an edited file would, and waits until YARP has taken or refused it.</summary>
    public async Task ReloadAsync(bool taken, params (string Key, string? Value)[] settings)
    {
        foreach (var (key, value) in settings) App.Configuration[key] = value;
        ((IConfigurationRoot)App.Configuration).Reload();
        // One change may be signalled more than once.
        while (await _reloads.ReadAsync(Patience) != taken)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await App.StopAsync(now.Token);
        await App.DisposeAsync();
        _deadline.Dispose();
    }

    private sealed class Applied(ChannelWriter<bool> reloads) : IConfigChangeListener
    {
        public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs) => reloads.TryWrite(true);

        public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception) => reloads.TryWrite(false);

        public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
        {
        }

        public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception) => reloads.TryWrite(false);
    }
}
