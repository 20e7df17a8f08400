using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Testing;

namespace Gateway.Tests.Deploy;

/// <summary>HAProxy and Prometheus take the files that are made for them.</summary>
public sealed partial class ProxyFilesTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("compose/haproxy.cfg")]
    [InlineData("kubernetes/haproxy.cfg")]
    public async Task HAProxy_ByItsOwnCheck_TakesTheFile(string path)
    {
        var version = await ForeignProgram.RunAsync(DeployFile.Folder, Deadline, "haproxy", "-v");
        Assert.SkipWhen(version is null, "There is no haproxy here.");
        var text = DeployFile.Text(path);
        // The key is known from 3.0 on, which is what the images are.
        if (double.Parse(Version().Match(version.Output).Groups["version"].Value, CultureInfo.InvariantCulture) < 3) text = text.Replace(" hash-key addr-port", "", StringComparison.Ordinal);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            var verdict = await ForeignProgram.RunAsync(DeployFile.Folder, Deadline, "haproxy", "-c", "-f", file);
            Assert.True(verdict?.ExitCode == 0, verdict?.Errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Prometheus_ByItsOwnCheck_TakesTheFile()
    {
        var verdict = await ForeignProgram.RunAsync(Path.Combine(DeployFile.Folder, "compose"), Deadline, "promtool", "check", "config", "prometheus.yml");
        Assert.SkipWhen(verdict is null, "There is no promtool here.");
        Assert.True(verdict.ExitCode == 0, verdict.Output + verdict.Errors);
    }

    /// <summary>The hash is what makes a title meet one gateway: wherever there is a balancer, it is the same.</summary>
    [Fact]
    public void Balancers_OfAllInstallations_HashAlike()
    {
        string[] files = ["haproxy/haproxy.cfg", "compose/haproxy.cfg", "kubernetes/haproxy.cfg"];
        Assert.Single(files.Select(f => Hash().Match(DeployFile.Text(f)).Value).Distinct(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"version (?<version>\d+\.\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();

    [GeneratedRegex("^    balance hash .*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Hash();
}
