using System.Xml.Linq;

namespace Gateway.Tests.Deploy;

/// <summary>What the runtime is told of a program goes into that program's own file, and the demo hosts the gateway: what was measured for one is meant for both.</summary>
public sealed class RuntimeSettingsTests
{
    [Fact]
    public void TieredCompilation_InTheDemo_IsSetAsInTheGateway()
    {
        var gateway = TieringOf("../gateway/Gateway.csproj");

        Assert.NotEmpty(gateway);
        Assert.Equal(gateway, TieringOf("local/Local.csproj"));
    }

    /// <summary>A build for "this machine's processor" has no <c>RuntimeIdentifier</c> while a project's own properties are read: a condition on that alone published programs that compile themselves at each start.</summary>
    [Theory]
    [InlineData("../gateway/Gateway.csproj")]
    [InlineData("../transcoder-stub/TranscoderStub.csproj")]
    [InlineData("local/Local.csproj")]
    public void AheadOfTime_PublishedAsTheContainerIs_IsAsked(string project)
    {
        Assert.Contains("--use-current-runtime", DeployFile.Text("container/Dockerfile"), StringComparison.Ordinal);

        var asked = Assert.Single(XDocument.Parse(DeployFile.Text(project)).Descendants("PublishReadyToRun"));
        Assert.Equal("true", asked.Value);
        Assert.Contains("'$(UseCurrentRuntimeIdentifier)' == 'true'", asked.Attribute("Condition")?.Value ?? "", StringComparison.Ordinal);
    }

    private static string[] TieringOf(string project)
    {
        var document = XDocument.Parse(DeployFile.Text(project));
        var properties = document.Descendants().Where(e => e.Name.LocalName.StartsWith("Tiered", StringComparison.Ordinal)).Select(e => $"{e.Name.LocalName}={e.Value}");
        var options = document.Descendants("RuntimeHostConfigurationOption").Select(e => $"{e.Attribute("Include")!.Value}={e.Attribute("Value")!.Value}");
        return [.. properties.Concat(options).Order(StringComparer.Ordinal)];
    }
}
