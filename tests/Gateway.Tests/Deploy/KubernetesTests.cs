using YamlDotNet.RepresentationModel;

namespace Gateway.Tests.Deploy;

/// <summary>The Kubernetes objects fit together, and the gateway takes the settings that they carry.</summary>
public sealed class KubernetesTests
{
    private static readonly YamlNode s_kustomization = DeployFile.Documents("kubernetes/kustomization.yaml")[0];

    private static readonly YamlNode[] s_objects =
        [.. s_kustomization.ListAt("resources").SelectMany(file => DeployFile.Documents($"kubernetes/{((YamlScalarNode)file).Value}"))];

    public static TheoryData<string> Deployments => [.. Workloads.Select(d => d.TextAt("metadata/name")!)];

    private static IEnumerable<YamlNode> Workloads => OfKind("Deployment").Concat(OfKind("StatefulSet"));

    [Fact]
    public void Settings_OfTheGateway_AreTakenByIt() => GatewaySettings.AreTaken([.. DeployFile.Variables("kubernetes/gateway.env"), ("Gateway__Peers__Self", "gateway-0"), ("Gateway__Access__TicketKeys__0", new string('a', 64))]);

    /// <summary>Each gateway that the autoscaler may make is known to the others by the name that the set gives it, and may be reached by them.</summary>
    [Fact]
    public void Peers_OfTheSet_AreItsPods()
    {
        var set = OfKind("StatefulSet").Single();
        var self = set.ListAt("spec/template/spec/containers").Single().ListAt("env").Single(e => e.TextAt("name") == "Gateway__Peers__Self");
        Assert.Equal("metadata.name", self.TextAt("valueFrom/fieldRef/fieldPath"));
        var (name, service, space) = (set.TextAt("metadata/name"), set.TextAt("spec/serviceName"), s_kustomization.TextAt("namespace"));
        Assert.Contains(OfKind("Service"), s => s.TextAt("metadata/name") == service && s.TextAt("spec/clusterIP") == "None");
        var most = OfKind("HorizontalPodAutoscaler").Single(h => h.TextAt("spec/scaleTargetRef/name") == name).TextAt("spec/maxReplicas")!;
        var expected = Enumerable.Range(0, int.Parse(most, System.Globalization.CultureInfo.InvariantCulture)).Select(n => ($"Gateway__Peers__Nodes__{name}-{n}", $"http://{name}-{n}.{service}.{space}.svc.cluster.local:8080"));
        Assert.Equal(expected, DeployFile.Variables("kubernetes/gateway.env").Where(v => v.Name.StartsWith("Gateway__Peers__Nodes__", StringComparison.Ordinal)));
        Assert.Contains($"server-template gateway {most} {service}.{space}.svc.cluster.local:8080", DeployFile.Text("kubernetes/haproxy.cfg"), StringComparison.Ordinal);
        var policy = OfKind("NetworkPolicy").Single(p => p.TextAt("metadata/name") == "gateway");
        Assert.Contains(policy.ListAt("spec/ingress/0/from"), f => f.TextAt("podSelector/matchLabels/app") == "gateway");
        Assert.Contains(policy.ListAt("spec/egress").SelectMany(e => e.ListAt("to")), t => t.TextAt("podSelector/matchLabels/app") == "gateway");
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Deployment_WithItsReferences_IsWhole(string name)
    {
        var deployment = Workloads.Single(d => d.TextAt("metadata/name") == name);
        Assert.Equal(deployment.TextAt("spec/selector/matchLabels/app"), deployment.TextAt("spec/template/metadata/labels/app"));
        var pod = deployment.At("spec/template/spec")!;
        Assert.Equal("true", pod.TextAt("securityContext/runAsNonRoot"));
        var volumes = pod.ListAt("volumes").Select(v => v.TextAt("name")).ToArray();
        foreach (var container in pod.ListAt("containers"))
        {
            Assert.Equal("true", container.TextAt("securityContext/readOnlyRootFilesystem"));
            var ports = container.ListAt("ports").Select(p => p.TextAt("name")).ToArray();
            foreach (var probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
            {
                if (container.TextAt($"{probe}/httpGet/port") is { } port) Assert.Contains(port, ports);
            }

            Assert.All(container.ListAt("volumeMounts"), mount => Assert.Contains(mount.TextAt("name"), volumes));
            foreach (var source in container.ListAt("envFrom"))
            {
                if (source.TextAt("configMapRef/name") is { } map) Assert.Contains(map, Generated("configMapGenerator"));
                if (source.TextAt("secretRef/name") is { } secret) Assert.Contains(secret, Generated("secretGenerator"));
            }
        }
    }

    [Fact]
    public void Services_ByLabelAndPort_ReachContainers()
    {
        foreach (var service in OfKind("Service"))
        {
            var target = Workloads.Single(d => d.TextAt("metadata/name") == service.TextAt("spec/selector/app"));
            var ports = target.ListAt("spec/template/spec/containers").SelectMany(c => c.ListAt("ports")).Select(p => p.TextAt("name")).ToArray();
            Assert.All(service.ListAt("spec/ports"), port => Assert.Contains(port.TextAt("targetPort"), ports));
        }
    }

    [Fact]
    public void Drain_BeforeTheKill_HasTimeToEnd()
    {
        var drain = TimeSpan.Parse(DeployFile.Variables("kubernetes/gateway.env").Single(v => v.Name == "Gateway__Sessions__DrainTime").Value, System.Globalization.CultureInfo.InvariantCulture);
        var gateway = Workloads.Single(d => d.TextAt("metadata/name") == "gateway");
        Assert.True(int.Parse(gateway.TextAt("spec/template/spec/terminationGracePeriodSeconds")!, System.Globalization.CultureInfo.InvariantCulture) > 2 * drain.TotalSeconds);
    }

    [Fact]
    public void Autoscaler_ByViewers_AsksForASeriesThatThereIs()
    {
        var metrics = OfKind("HorizontalPodAutoscaler").Single().ListAt("spec/metrics").Select(m => m.TextAt("pods/metric/name")).OfType<string>();
        Assert.All(metrics, name => Assert.Contains($"| `{name}` |", File.ReadAllText(Path.Combine(Gateway.Testing.Repository.Root, "docs", "metrics.md")), StringComparison.Ordinal));
    }

    private static IEnumerable<YamlNode> OfKind(string kind) => s_objects.Where(o => o.TextAt("kind") == kind);

    private static IEnumerable<string?> Generated(string generator) => s_kustomization.ListAt(generator).Select(g => g.TextAt("name"));
}
