using System.Globalization;
using Gateway.Load.Reports;
using Gateway.Load.Scenarios;

namespace Gateway.Load.Targets;

/// <summary>What a run put around its gateways (<see cref="Surroundings"/>), and what is to be told of it at the end. Ends all of it when disposed, which is to be after the gateways.</summary>
internal sealed class StandingSurroundings : IAsyncDisposable
{
    /// <summary>What the disk tier is told that it may use: more than there is.</summary>
    private const long DiskTierBytes = 1L << 30;

    private readonly List<MemoryCage> _cages = [];
    private readonly List<SmallDisk> _disks = [];
    private PostgresServer? _database;
    private Task _busy = Task.CompletedTask;

    private StandingSurroundings(Surroundings wanted) => Wanted = wanted;

    public Surroundings Wanted { get; }

    /// <summary>The line between viewers and balancer; null for loopback.</summary>
    public LossyLine? Line { get; private set; }

    /// <exception cref="IOException">Something is missing on this machine, or not allowed.</exception>
    public static async Task<StandingSurroundings> StartAsync(Surroundings wanted, int gateways, TimeProvider time)
    {
        var standing = new StandingSurroundings(wanted);
        try
        {
            if (wanted.HasDatabase) standing._database = await PostgresServer.TryStartAsync() ?? throw new IOException("PostgreSQL is missing. Debian has it in the package postgresql.");
            for (var i = 0; i < gateways && wanted.MemoryBytes > 0; i++)
            {
                var cage = MemoryCage.Create(wanted.MemoryBytes);
                standing._cages.Add(cage);
                if (!cage.IsGroup) throw new IOException("No control group with a memory limit can be made here: it needs root, and cgroups that are writable.");
            }

            for (var i = 0; i < gateways && wanted.DiskBytes > 0; i++) standing._disks.Add(await SmallDisk.MountAsync(wanted.DiskBytes));
            if (wanted.SecondClockAhead != TimeSpan.Zero) _ = FakeClock.Ahead(wanted.SecondClockAhead);
            if (wanted.Line is { } line) standing.Line = await LossyLine.OpenAsync(line.RoundTrip, line.Loss, 1, time);
            return standing;
        }
        catch
        {
            await standing.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a gateway is told of them.</summary>
    public IEnumerable<string> KnobsOf(int gateway)
    {
        if (_database is not null) yield return $"--ConnectionStrings:Sessions={_database.ConnectionString}";
        if (_disks.Count == 0) yield break;
        yield return $"--Gateway:Cache:Disk:Path={Path.Combine(_disks[gateway].Folder, "cache")}";
        yield return string.Create(CultureInfo.InvariantCulture, $"--Gateway:Cache:Disk:MaxBytes={DiskTierBytes}");
    }

    /// <summary>The program that is started, with the arguments before the gateway's own.</summary>
    public string[] LaunchOf(int gateway) => _cages.Count > 0 ? _cages[gateway].Launch("dotnet") : ["dotnet"];

    public IReadOnlyDictionary<string, string> EnvironmentOf(int gateway) =>
        gateway == 1 && Wanted.SecondClockAhead != TimeSpan.Zero ? FakeClock.Ahead(Wanted.SecondClockAhead) : new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Has something happen, without waiting for the end of it; what happens next waits for it.</summary>
    public void Disturb(DisturbanceKind kind) => _busy = kind switch
    {
        DisturbanceKind.StopDatabase when _database is not null => AfterAsync(_busy, _database.StopAsync),
        DisturbanceKind.StartDatabase when _database is not null => AfterAsync(_busy, _database.StartAsync),
        DisturbanceKind.EnlargeDisks => AfterAsync(_busy, () => Task.WhenAll(_disks.Select(static d => d.ResizeAsync(2 * DiskTierBytes)))),
        _ => _busy,
    };

    /// <summary>What the machine counted.</summary>
    public IEnumerable<Figure> Figures()
    {
        if (_cages.Count > 0)
        {
            yield return new Figure("memory.limit", Wanted.MemoryBytes, FigureUnit.Bytes, _cages.Count);
            if (_cages.Max(static c => c.PeakBytes) is { } peak) yield return new Figure("memory.peak", peak, FigureUnit.Bytes, _cages.Count);
            if (_cages.Sum(static c => c.Kills) is { } kills) yield return new Figure("memory.kills", kills, FigureUnit.Number, _cages.Count);
        }

        if (Line is { Counts: var (packets, lost) } && packets > 0) yield return new Figure("line.lost", (double)lost / packets, FigureUnit.Share, packets);
    }

    public async ValueTask DisposeAsync()
    {
        await _busy;
        Line?.Dispose();
        if (_database is not null) await _database.DisposeAsync();
        foreach (var disk in _disks) await disk.DisposeAsync();
        foreach (var cage in _cages) cage.Dispose();
    }

    private static async Task AfterAsync(Task before, Func<Task> work)
    {
        await before;
        await work();
    }
}
