using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Gateway.Tests.Deploy;

/// <summary>Compose files name nothing that is not there, and give the programs settings that they take.</summary>
public sealed partial class ComposeTests
{
    private const string Stack = "compose/docker-compose.yml";
    private const string AllInOne = "compose/docker-compose.aio.yml";

    [Theory]
    [InlineData(Stack, "gateway-a")]
    [InlineData(Stack, "gateway-b")]
    [InlineData(AllInOne, "streaming")]
    public void Environment_OfTheGateway_IsTakenByIt(string file, string service)
    {
        var variables = DeployFile.Documents(file)[0].MapAt($"services/{service}/environment").Select(v => (v.Name, Value: ((YamlScalarNode)v.Value).Value!));
        GatewaySettings.AreTaken(variables.Where(v => !v.Name.StartsWith("Transcoder__", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Stack)]
    [InlineData(AllInOne)]
    public void FilesAndVolumes_OfEachService_AreThere(string file)
    {
        var document = DeployFile.Documents(file)[0];
        var declared = document.MapAt("volumes").Select(v => v.Name).ToArray();
        var folder = Path.Combine(DeployFile.Folder, "compose");
        foreach (var (name, service) in document.MapAt("services"))
        {
            foreach (var mount in service.ListAt("volumes").Select(v => ((YamlScalarNode)v).Value!.Split(':')[0]))
            {
                // The folder of one's own titles is made by whoever has some.
                if (mount == "./media") continue;
                Assert.True(mount[0] is '.' ? Path.Exists(Path.Combine(folder, mount)) : declared.Contains(mount), $"{name} mounts {mount}, which is not there.");
            }

            foreach (var other in service.At("depends_on") is YamlSequenceNode list ? list.Select(n => ((YamlScalarNode)n).Value!) : service.MapAt("depends_on").Select(d => d.Name))
                Assert.NotNull(document.At($"services/{other}"));
            if (service.TextAt("build/target") is { } target) Assert.Contains(target, Stages().Matches(DeployFile.Text("container/Dockerfile")).Select(m => m.Groups["name"].Value));
        }
    }

    [Fact]
    public void TrustedProxies_OfTheStack_AreItsOwnNetwork()
    {
        var document = DeployFile.Documents(Stack)[0];
        Assert.Equal(document.TextAt("networks/inside/ipam/config/0/subnet"), document.TextAt("services/gateway-a/environment/Gateway__Access__TrustedProxies__0"));
    }

    [Fact]
    public void Services_ThatFaceTheNetwork_AreHardened()
    {
        foreach (var name in (string[])["balancer", "gateway-a", "gateway-b", "transcoder"])
        {
            var service = DeployFile.Documents(Stack)[0].At($"services/{name}")!;
            Assert.Equal("true", service.TextAt("read_only"));
            Assert.Equal("ALL", service.TextAt("cap_drop/0"));
        }
    }

    /// <summary>Each gateway is the peer of its own service name, and answers to the name by which the others of the stack find all of them.</summary>
    [Fact]
    public void Peers_OfTheStack_AreItsGateways()
    {
        var gateways = DeployFile.Documents(Stack)[0].MapAt("services").Where(s => s.Value.TextAt("build/target") == "gateway").ToArray();
        Assert.True(gateways.Length >= 2);
        foreach (var (name, service) in gateways)
        {
            Assert.Equal("gateway", service.TextAt("networks/inside/aliases/0"));
            var self = service.TextAt("environment/Gateway__Peers__Self");
            Assert.Equal($"http://{name}:8080", service.TextAt($"environment/Gateway__Peers__Nodes__{self}"));
            Assert.Equal(gateways.Length, service.MapAt("environment").Count(v => v.Name.StartsWith("Gateway__Peers__Nodes__", StringComparison.Ordinal)));
        }

        Assert.Equal(gateways.Length, gateways.Select(g => g.Value.TextAt("environment/Gateway__Peers__Self")).Distinct(StringComparer.Ordinal).Count());
        Assert.Contains("gateway:8080 resolvers", DeployFile.Text("compose/haproxy.cfg"), StringComparison.Ordinal);
        Assert.Contains("names: [gateway]", DeployFile.Text("compose/prometheus.yml"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^FROM \S+ AS (?<name>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Stages();
}
