namespace Gateway.Benchmarks.Peers;

/// <summary>Which programs this machine has.</summary>
internal static class Programs
{
    public static bool Has(string name) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/sbin".Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));
}
