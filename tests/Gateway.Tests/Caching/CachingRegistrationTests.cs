using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Gateway.Caching;
using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Origin;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Tests.Caching;

public sealed class CachingRegistrationTests
{
    [Fact]
    public async Task MaxBytes_Zero_IsAQuarterOfTheProcessLimit()
    {
        await using var services = Build();
        Assert.Equal(100L << 20, services.GetRequiredService<MediaCache>().Statistics().LimitBytes);
    }

    [Fact]
    public async Task AddCaching_CalledTwice_RegistersOnce()
    {
        await using var services = Build();
        Assert.Single(services.GetServices<IHostedService>().OfType<Trimmer>());
        Assert.Same(services.GetRequiredService<MediaCache>(), services.GetRequiredService<MediaCache>());
    }

    [Fact]
    public async Task Instruments_AfterRegistration_AreThoseOfTheContract()
    {
        await using var services = Build();
        var names = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (services.GetRequiredService<CacheMetrics>().Owns(instrument)) names.Add($"{instrument.Name} {instrument.Unit}".Trim());
        };
        services.GetRequiredService<MediaCache>();
        listener.Start();
        Assert.Equal(
            [
                "gateway.cache By", "gateway.cache.collapsed {request}", "gateway.cache.entries {entry}", "gateway.cache.evictions {entry}",
                "gateway.cache.limit By", "gateway.cache.pressure", "gateway.cache.requests {request}",
            ],
            names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Options_WatermarksInTheWrongOrder_AreRefused()
    {
        var options = new CacheOptions { HighWatermark = 0.95, CriticalWatermark = 0.8 };
        Assert.Single(options.Validate(new ValidationContext(options)));
        Assert.Empty(new CacheOptions().Validate(new ValidationContext(options)));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("/var/cache/gateway", true)]
    [InlineData("cache", false)]
    [InlineData("./cache", false)]
    public void DiskOptions_PathThatIsNotAbsolute_IsRefused(string path, bool isGood)
    {
        var options = new DiskOptions { Path = path };
        Assert.Equal(isGood, !options.Validate(new ValidationContext(options)).Any());
    }

    /// <summary>A dashboard tells a disk that is off from a gateway that tells nothing.</summary>
    [Fact]
    public async Task DiskInstruments_WithoutAPath_StartAtZero()
    {
        await using var services = Build();
        var zeros = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == DiskMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, services.GetRequiredService<IMeterFactory>())) own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => zeros.Add($"{instrument.Name} {value}"));
        listener.Start();
        services.GetRequiredService<MediaCache>();
        Assert.Contains("gateway.cache.disk.reads 0", zeros);
        Assert.Contains("gateway.cache.disk.errors 0", zeros);
    }

    [Fact]
    public async Task DiskTier_WithoutAPath_DoesNotExist()
    {
        await using var services = Build();
        Assert.Null(services.GetRequiredService<MediaCache>().Parts.Disk);
        Assert.Null(services.GetRequiredService<CacheDisk>().Trouble);
        Assert.Single(services.GetServices<IHostedService>().OfType<DiskService>());
    }

    [Fact]
    public async Task DiskTier_WithAPath_OpensAtTheStartAndClosesAtTheStop()
    {
        using var folder = new Disk.DiskFolder();
        await using var services = Build(("Gateway:Cache:Disk:Path", folder.File("cache")), ("Gateway:Cache:Disk:MaxBytes", "1073741824"));
        var service = services.GetServices<IHostedService>().OfType<DiskService>().Single();
        var tier = services.GetRequiredService<MediaCache>().Parts.Disk!;
        await service.StartAsync(TestContext.Current.CancellationToken);
        await Deadline.Until(() => tier.State == DiskState.Working);
        await service.StopAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Value, TestContext.Current.CancellationToken);
        using var again = new DiskFiles(folder.File("cache")).Lock("lock");
        Assert.False(again.IsInvalid);
    }

    [Fact]
    public async Task Statistics_AfterRequestsAndEvictions_CountThem()
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", [1, 2, 3]);
        await fixture.GetAsync(CacheFixture.Request());
        await fixture.FetchesEndedAsync();
        fixture.Cache.Purge(null, "/");
        var statistics = fixture.Cache.Statistics();
        Assert.Equal(1, statistics.Requests["filled"]);
        Assert.Equal(1, statistics.Requests["hit"]);
        Assert.Equal(1, statistics.Evictions["purged"]);
        Assert.Equal(0, statistics.Entries);
    }

    private static ServiceProvider Build(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection().AddMetrics().AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build());
        services.AddSingleton<FetchUpstream>(new FakeUpstream().FetchAsync);
        services.AddSingleton<Func<MemoryLoad>>(() => new MemoryLoad(0, 400L << 20));
        services.AddCaching();
        services.AddCaching();
        return services.BuildServiceProvider();
    }
}
