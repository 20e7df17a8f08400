using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Testing;
using YamlDotNet.RepresentationModel;

namespace Gateway.Tests.Deploy;

/// <summary>HAProxy and Prometheus take the files that are made for them.</summary>
public sealed partial class ProxyFilesTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("compose/haproxy.cfg")]
    [InlineData("kubernetes/haproxy.cfg")]
    [InlineData("haproxy/haproxy.cfg")]
    [InlineData("haproxy/peers.cfg")]
    public async Task HAProxy_ByItsOwnCheck_TakesTheFile(string path)
    {
        var version = await ForeignProgram.RunAsync(DeployFile.Folder, Deadline, "haproxy", "-v");
        Assert.SkipWhen(version is null, "There is no haproxy here.");
        var text = Address().Replace(DeployFile.Text(path), "127.0.0.1:1");
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

    /// <summary>A bound by load may send a retry back to the gateway that refused it: the second refusal has to end that, and a retry to be left for another gateway.</summary>
    [Theory]
    [InlineData("haproxy/haproxy.cfg")]
    [InlineData("compose/haproxy.cfg")]
    [InlineData("kubernetes/haproxy.cfg")]
    public void HAProxy_ThatBoundsTheLoad_TakesADeadGatewayOutBeforeItsRetriesAreSpent(string file)
    {
        var text = DeployFile.Text(file);
        Assert.Contains("    hash-balance-factor 150\n", text, StringComparison.Ordinal);
        Assert.Contains("    retries 3\n    option redispatch 1\n", text, StringComparison.Ordinal);
        Assert.Contains(" observe layer4 error-limit 2 on-error mark-down ", text, StringComparison.Ordinal);
    }

    /// <summary>Each in its own spelling: what they hash is the title, whatever the request is.</summary>
    [Theory]
    [InlineData("/play/demo/master.m3u8", "demo")]
    [InlineData("/api/v1/playback/dGlja2V0/origin/demo/v360/seg_00001.m4s?x=1", "demo")]
    [InlineData("/api/v1/playback/dGlja2V0/cdn/my%20film/a/b/c.ts", "my%20film")]
    public void Balancers_OfOtherKinds_HashTheSameTitle(string target, string title)
    {
        var path = target.Split('?')[0];
        Assert.Equal(title, Regex.Replace(path, Converter().Match(DeployFile.Text("haproxy/haproxy.cfg")).Groups["regex"].Value, "$2"));
        var hash = DeployFile.Documents("envoy/envoy.yaml")[0].At("static_resources/listeners/0/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/routes/1/route/hash_policy/0/header")!;
        Assert.Equal(":path", hash.TextAt("header_name"));
        Assert.Equal(title, Regex.Replace(target, hash.TextAt("regex_rewrite/pattern/regex")!, hash.TextAt("regex_rewrite/substitution")!.Replace('\\', '$')));
        var map = DeployFile.Documents("ingress-nginx/ingress.yaml")[1].TextAt("data/http-snippet")!;
        Assert.Equal(title, Regex.Match(target, MapEntry().Match(map).Groups["regex"].Value, RegexOptions.ExplicitCapture).Groups["title"].Value);
    }

    [Fact]
    public void Envoy_ItsCluster_BoundsTheLoadAsHAProxyDoes()
    {
        var cluster = DeployFile.Documents("envoy/envoy.yaml")[0].At("static_resources/clusters/0")!;
        Assert.Equal("MAGLEV", cluster.TextAt("lb_policy"));
        Assert.Contains($"hash-balance-factor {cluster.TextAt("common_lb_config/consistent_hashing_lb_config/hash_balance_factor")}\n", DeployFile.Text("haproxy/haproxy.cfg"), StringComparison.Ordinal);
        Assert.Equal("/health/ready", cluster.TextAt("health_checks/0/http_health_check/path"));
    }

    [Fact]
    public void IngressNginx_ItsAnnotations_NameTheVariableOfTheSnippetAndTheService()
    {
        var documents = DeployFile.Documents("ingress-nginx/ingress.yaml");
        Assert.Equal("$streaming_title", Annotation(documents[0], "nginx.ingress.kubernetes.io/upstream-hash-by"));
        Assert.Contains("$streaming_title {", documents[1].TextAt("data/http-snippet"), StringComparison.Ordinal);
        var service = DeployFile.Documents("kubernetes/gateway.yaml").Single(d => d.TextAt("kind") == "Service" && d.TextAt("metadata/name") == "gateway");
        var ports = service.ListAt("spec/ports").Select(p => p.TextAt("port")).ToArray();
        Assert.All(documents[0].ListAt("spec/rules/0/http/paths"), path =>
        {
            Assert.Equal("gateway", path.TextAt("backend/service/name"));
            Assert.Contains(path.TextAt("backend/service/port/number"), ports);
        });

        // The route between gateways is not among them.
        Assert.DoesNotContain("/internal", documents[0].ListAt("spec/rules/0/http/paths").Select(p => p.TextAt("path")));
    }

    private static string? Annotation(YamlNode node, string name) => node.MapAt("metadata/annotations").Single(a => a.Name == name).Value.ToString();

    [GeneratedRegex(@"regsub\(""(?<regex>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Converter();

    [GeneratedRegex(@"""~(?<regex>[^""]+)"" \$title;", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MapEntry();

    [GeneratedRegex(@"""\$\{\w+\}""", RegexOptions.None, 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"version (?<version>\d+\.\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();

    [GeneratedRegex("^    balance hash .*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Hash();
}
