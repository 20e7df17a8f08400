using System.Globalization;
using Gateway.Benchmarks.Hits;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>
/// What a request writes that other cores may have: interlocked operations, locks and writes to fields, by the place in the code that does it, and whose memory that is. A gateway whose assemblies and whose runtime were
/// rewritten counts them while it is asked by several connections at once; whose memory an address is follows from which of four turns wrote to it. No collection of garbage may happen meanwhile: addresses have to last.
/// </summary>
internal static class SharedWritesCost
{
    private const int WarmUpRounds = 3;
    private const int MostTries = 5;
    private const double Least = 0.02;

    /// <summary>A miss fills memory that is collected, and writes to far more addresses.</summary>
    private const int MissPart = 4;

    /// <param name="requests">Of each turn.</param>
    public static async Task RunAsync(int requests)
    {
        using var runtime = CountedRuntime.Make();
        using var table = WriteTable.Create(runtime.Table);
        Console.WriteLine($"{runtime.Sites.Count} places in the code; {WriteLoad.Turns} turns of {requests} requests; load average {File.ReadAllText("/proc/loadavg").Trim()}");
        await using var origin = await HitOrigin.StartAsync();
        await using var gateway = await HitGateway.StartAsync(runtime.Program, string.Create(CultureInfo.InvariantCulture, $"0-{Environment.ProcessorCount - 1}"), origin.Urls.Single(), Variables(runtime));
        using var load = await WriteLoad.StartAsync(gateway);
        foreach (var asked in WriteCase.All) await CountAsync(asked, gateway, load, table, runtime.Sites, asked.IsNew ? requests / MissPart : requests);
    }

    /// <summary>The runtime's own <c>dotnet</c> is found first, and the youngest generation is so large that no turn fills it.</summary>
    private static string[] Variables(CountedRuntime runtime) =>
    [
        $"PATH={runtime.Runtime}:{Environment.GetEnvironmentVariable("PATH")}", $"DOTNET_STARTUP_HOOKS={typeof(SharedWritesCost).Assembly.Location}", $"{WriteTable.Variable}={runtime.Table}",
        "DOTNET_gcServer=0", "DOTNET_gcConcurrent=0", "DOTNET_GCgen0size=0x60000000",
    ];

    private static async Task CountAsync(WriteCase asked, HitGateway gateway, WriteLoad load, WriteTable table, WriteSites sites, int requests)
    {
        for (var round = 0; round < WarmUpRounds; round++)
        {
            for (var turn = 0; turn < WriteLoad.Turns; turn++) await load.AskAsync(asked, turn, requests);
        }

        for (var tries = 1; ; tries++)
        {
            var before = await gateway.CountersAsync();
            var figures = new WriteFigures(sites, requests * WriteLoad.Turns);
            for (var turn = 0; turn < WriteLoad.Turns; turn++)
            {
                table.Begin();
                await load.AskAsync(asked, turn, requests);
                figures.Add(turn, table.Take());
            }

            var isMoved = (await gateway.CountersAsync() - before).Paused > 0;
            if (isMoved && tries < MostTries) continue;
            Console.WriteLine($"\n### {asked.Name}{(isMoved ? " (garbage was collected meanwhile: owners are wrong)" : "")}\n");
            Print(figures);
            return;
        }
    }

    private static void Print(WriteFigures figures)
    {
        var sums = figures.Sums();
        Console.WriteLine($"| of a request | {string.Join(" | ", Enum.GetNames<WriteOwner>())} |");
        Console.WriteLine($"| --- |{string.Concat(Enum.GetNames<WriteOwner>().Select(_ => " --- |"))}");
        foreach (var kind in Enum.GetValues<WriteKind>()) Console.WriteLine($"| {kind} | {string.Join(" | ", Enum.GetValues<WriteOwner>().Select(owner => sums.GetValueOrDefault((kind, owner)).ToString("0.00", CultureInfo.InvariantCulture)))} |");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{figures.FalselyShared()} lines of memory have something of several cores or threads.\n"));
        Console.WriteLine("| owner | kind | in a request | addresses | where | what |\n| --- | --- | --- | --- | --- | --- |");
        foreach (var (site, owner, inARequest, addresses) in figures.Sites().Where(s => s.InARequest >= Least && s.Owner is not WriteOwner.Request and not WriteOwner.Connection).OrderByDescending(s => s.Owner))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {owner} | {site.Kind} | {inARequest:0.00} | {addresses} | {site.Method} | {site.What} |"));
    }
}
