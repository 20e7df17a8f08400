using Gateway.Testing;

namespace Gateway.Tests.Deploy;

/// <summary>systemd takes the units, finds them hardened, and the programs take the settings beside them.</summary>
public sealed class SystemdTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void Settings_OfTheGateway_AreTakenByIt() => GatewaySettings.AreTaken(DeployFile.Variables("systemd/gateway.env"));

    [Theory]
    [InlineData("streaming-gateway")]
    [InlineData("streaming-transcoder")]
    public async Task Unit_ByItsOwnJudge_IsRightAndHardened(string unit)
    {
        var folder = Directory.CreateTempSubdirectory("units");
        try
        {
            // Its program and its settings are there only once the package is installed.
            var lines = DeployFile.Text($"systemd/{unit}.service").Split('\n').Select(l => l.StartsWith("ExecStart=", StringComparison.Ordinal) ? "ExecStart=/bin/true" : l);
            await File.WriteAllLinesAsync(Path.Combine(folder.FullName, $"{unit}.service"), lines.Where(l => !l.StartsWith("EnvironmentFile=", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
            var verdict = await ForeignProgram.RunAsync(folder.FullName, Deadline, "systemd-analyze", "verify", "--man=no", $"./{unit}.service");
            Assert.SkipWhen(verdict is null, "There is no systemd-analyze here.");
            Assert.Equal("", verdict.Errors);
            Assert.Equal(0, verdict.ExitCode);
            var exposure = await ForeignProgram.RunAsync(folder.FullName, Deadline, "systemd-analyze", "security", "--offline=true", "--threshold=20", $"./{unit}.service");
            Assert.True(exposure?.ExitCode == 0, exposure?.Output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>.NET builds no certificate chain for a user without a home: neither an origin by https nor a database that speaks TLS could be reached.</summary>
    [Theory]
    [InlineData("systemd/streaming-gateway.service", "Environment=HOME=%S/streaming-gateway\n")]
    [InlineData("systemd/streaming-transcoder.service", "Environment=HOME=%S/streaming-transcoder\n")]
    [InlineData("container/Dockerfile", "ENV STATE_DIRECTORY=/state HOME=/state\n")]
    [InlineData("container/Dockerfile", "ENV STATE_DIRECTORY=/state HOME=/state Transcoder__Store__Path=/store\n")]
    public void User_ThatNobodyKnows_HasAHome(string file, string line) => Assert.Contains(line, DeployFile.Text(file), StringComparison.Ordinal);

    [Fact]
    public void Programs_OfTheUnits_AreThoseOfThePackage()
    {
        Assert.Contains("ExecStart=/usr/lib/streaming-gateway/Gateway\n", DeployFile.Text("systemd/streaming-gateway.service"), StringComparison.Ordinal);
        Assert.Contains("ExecStart=/usr/lib/streaming-gateway/TranscoderStub\n", DeployFile.Text("systemd/streaming-transcoder.service"), StringComparison.Ordinal);
        Assert.Contains("lib=$root/usr/lib/streaming-gateway\n", DeployFile.Text("package"), StringComparison.Ordinal);
    }
}
