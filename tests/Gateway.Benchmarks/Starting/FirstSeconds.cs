using System.Diagnostics;
using System.Globalization;
using System.Reflection.PortableExecutable;
using Gateway.Benchmarks.Peers;
using Gateway.Benchmarks.Telemetry;

namespace Gateway.Benchmarks.Starting;

/// <summary>
/// A published gateway's first seconds: how long it takes to be ready, the first playlist and the first segment of the first viewer, and then the requests of each of the first ten seconds under full load, and what they cost, beside
/// those of the same process when it has settled. With the warm-up and without, in turn.
/// </summary>
/// <remarks>The first pair of starts warms what measures, and is not counted. Without a program it publishes one, as the container does: compiled ahead of time for this machine.</remarks>
internal static class FirstSeconds
{
    public const int Starts = 5;

    private static readonly Variant[] s_variants = [new("with warm-up", [], []), new("without", ["--Gateway:Warmup:Limit=00:00:00"], [])];

    /// <param name="args">How many starts; the folder of a published gateway; knobs for it; variables of its environment (<c>DOTNET_TieredPGO=0</c>, several with commas), each of which is a further column, with the warm-up.</param>
    public static async Task RunAsync(string[] args)
    {
        var starts = args.Length > 0 && int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : Starts;
        var knobs = args.Where(a => a.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var temporary = Directory.CreateTempSubdirectory("first-seconds-").FullName;
        try
        {
            var program = args.FirstOrDefault(Directory.Exists) ?? await PublishAsync(temporary);
            await using var origin = await BenchmarkOrigin.StartAsync();
            Variant[] variants = [.. s_variants, .. args.Where(IsEnvironment).Select(a => new Variant($"with warm-up, {a}", [], a.Split(',')))];
            var rows = variants.Select(_ => new List<StartFigures>()).ToArray();
            for (var n = 0; n <= starts; n++)
            {
                for (var v = 0; v < variants.Length; v++)
                {
                    await using var gateway = PublishedGateway.Start(program, origin.Url, [.. variants[v].Knobs, .. knobs], variants[v].Environment);
                    var figures = await gateway.MeasureAsync();
                    if (n > 0) rows[v].Add(figures);
                    Console.Error.WriteLine($"{n} {variants[v].Name}: {figures}, load {Load():0.0}{(n == 0 ? " (not counted)" : "")}");
                }
            }

            Console.WriteLine($"| {starts} starts each | {string.Join(" | ", variants.Select(v => v.Name))} |\n| --- |{string.Concat(variants.Select(_ => " --- |"))}");
            foreach (var (name, figure, format) in StartFigures.Rows) Console.WriteLine($"| {name} | {string.Join(" | ", rows.Select(r => Spread.Text(r.Select(figure), format)))} |");
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Whether an argument is a variable of a gateway's environment.</summary>
    public static bool IsEnvironment(string argument) => argument.StartsWith("DOTNET_", StringComparison.Ordinal) && argument.Contains('=', StringComparison.Ordinal);

    /// <summary>The repository that this program was built in.</summary>
    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gateway.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("This program does not lie below the repository.");
        return folder.FullName;
    }

    private static async Task<string> PublishAsync(string folder)
    {
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet", ["publish", Path.Combine(Repository(), "gateway"), "-c", "Release", "--use-current-runtime", "--self-contained", "false", "-o", folder, "-v", "quiet", "--nologo"])
        { UseShellExecute = false, RedirectStandardOutput = true })!;
        await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0) throw new InvalidOperationException("The gateway could not be published.");
        using var program = new PEReader(File.OpenRead(Path.Combine(folder, "Gateway.dll")));
        if (program.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size == 0) throw new InvalidOperationException("What was published is not compiled ahead of time: another start than the container's would be measured.");
        return folder;
    }

    private static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <param name="Name">In the table.</param>
    /// <param name="Knobs">On its command line.</param>
    /// <param name="Environment">Its variables: <c>NAME=value</c>.</param>
    private sealed record Variant(string Name, string[] Knobs, string[] Environment);
}
