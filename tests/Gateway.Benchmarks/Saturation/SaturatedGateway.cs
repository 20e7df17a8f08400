using System.Globalization;
using Gateway.Benchmarks.Hits;
using Gateway.Benchmarks.Peers;

namespace Gateway.Benchmarks.Saturation;

/// <summary>A gateway with a mode of the collector at a place, and its turns.</summary>
internal sealed class SaturatedGateway(HitGateway gateway, CollectorMode mode, SaturationPlace place) : IAsyncDisposable
{
    /// <summary>Two hits of a session and a live playlist that is rewritten.</summary>
    private static readonly HitCase[] s_mix =
    [
        new("2 KB", HitOrigin.Listed, IsTicketed: true),
        new("100 KB", HitOrigin.Middle, IsTicketed: true),
        new("live playlist", HitOrigin.Live),
    ];

    private static readonly HitCase s_ballast = new("ballast", HitOrigin.Small, IsNew: true, IsTicketed: true);

    public CollectorMode Mode => mode;

    public SaturationPlace Place => place;

    public List<SaturationTurn> Turns { get; } = [];

    public static async Task<SaturatedGateway> StartAsync(string origin, CollectorMode mode, SaturationPlace place) =>
        new(await HitGateway.StartAsync(Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), place.Server, origin, mode.Environment), mode, place);

    /// <summary>Fills its cache with objects that nobody asks for again, so that the collector has a heap to walk.</summary>
    public async Task FillAsync(int rounds)
    {
        for (var i = 0; i < rounds; i++) await gateway.PlayAsync(s_ballast);
    }

    public async Task<SaturationTurn> PlayAsync(TimeSpan time)
    {
        await CoreAffinity.MoveAsync(Environment.ProcessId, place.Client);
        var before = Environment.CpuUsage.TotalTime;
        var (used, took, answers) = await gateway.PlayAsync(s_mix, time);
        var client = Environment.CpuUsage.TotalTime - before;
        return new SaturationTurn(answers.Count, took, used, client, Spread.Quantile(answers, 0.5), Spread.Quantile(answers, 0.99), Resident());
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    private double Resident() =>
        long.Parse(File.ReadAllText($"/proc/{gateway.ProcessId.ToString(CultureInfo.InvariantCulture)}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * (double)Environment.SystemPageSize / (1 << 20);
}
