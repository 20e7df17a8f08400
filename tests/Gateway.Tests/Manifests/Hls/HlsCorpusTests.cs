using System.Text;
using System.Text.RegularExpressions;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

/// <summary>
/// Every playlist of the corpus before and after, judged by a slow reader of its own: regular expressions find the references, System.Uri resolves
/// them as a player would, and what the gateway wrote is mapped back.
/// </summary>
public sealed partial class HlsCorpusTests
{
    public static TheoryData<string> Files => [.. ManifestCorpus.Files("hls")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Rewrite_Playlist_LeadsToTheSameResourcesAndChangesNothingElse(string file)
    {
        var before = ManifestCorpus.Read(file);
        foreach (var mirrored in new[] { true, false })
        {
            var rewrite = Rewrite(before, mirrored, out var after);
            if (before.Length == 0)
            {
                Assert.Equal(Gateway.Manifests.Hls.HlsOutcome.Empty, rewrite.Outcome);
                continue;
            }

            Assert.True(rewrite.Succeeded, $"{rewrite.Outcome}");
            Assert.Equal(0, rewrite.UnknownVariables);
            Compare(Encoding.UTF8.GetString(before), Encoding.UTF8.GetString(after), mirrored);

            Rewrite(after, mirrored, out var twice);
            Assert.Equal(Encoding.UTF8.GetString(after), Encoding.UTF8.GetString(twice));
        }
    }

    private static void Compare(string before, string after, bool mirrored)
    {
        var upstream = new Uri(Upstream);
        var player = mirrored
            ? new Uri(PublicOrigin + Ticket + "/origin" + upstream.PathAndQuery)
            : new Uri(PublicOrigin + "/play/demo/v1/media.m3u8");
        var left = new List<string>();
        var right = new List<string>();
        Assert.Equal(TakeOut(before.TrimStart('\uFEFF'), left), TakeOut(after, right));
        Assert.Equal(left.Count, right.Count);
        var seen = new Dictionary<string, string>();
        for (var i = 0; i < left.Count; i++)
        {
            foreach (Match define in Definition().Matches(before))
            {
                left[i] = left[i].Replace($"{{${define.Groups["name"].Value}}}", define.Groups["value"].Value, StringComparison.Ordinal);
                right[i] = right[i].Replace($"{{${define.Groups["name"].Value}}}", define.Groups["value"].Value, StringComparison.Ordinal);
            }

            if (!Uri.TryCreate(upstream, left[i], out var wanted) || wanted.Scheme is not ("http" or "https"))
            {
                Assert.Equal(left[i], right[i]);
                continue;
            }

            var asked = new Uri(player, right[i]);
            Assert.Contains(wanted.AbsoluteUri, MapBack(asked));
            var foreign = !Clusters.Any(c => wanted.AbsoluteUri.StartsWith(c.Address, StringComparison.Ordinal));
            Assert.Equal(foreign, asked.Host != "gw.example");
            Assert.Equal(Path.GetExtension(wanted.AbsolutePath), Path.GetExtension(asked.AbsolutePath));
            if (seen.TryGetValue(asked.AbsoluteUri, out var same)) Assert.Equal(same, wanted.AbsoluteUri);
            seen[asked.AbsoluteUri] = wanted.AbsoluteUri;
        }
    }

    /// <summary>What the gateway may ask upstream for it: the cluster may be reachable under several addresses.</summary>
    private static string[] MapBack(Uri asked)
    {
        if (asked.Host != "gw.example") return [asked.AbsoluteUri];
        var match = GatewayPath().Match(asked.AbsoluteUri);
        Assert.True(match.Success, asked.AbsoluteUri);
        return [.. Clusters.Where(c => c.Cluster == match.Groups["cluster"].Value).Select(c => c.Address + match.Groups["path"].Value)];
    }

    /// <summary>Replaces every reference by a placeholder and collects them.</summary>
    private static string TakeOut(string playlist, List<string> references) => string.Join('\n', playlist.Split('\n').Select(line =>
    {
        var trimmed = line.Trim();
        if (trimmed.Length == 0) return line;
        if (trimmed[0] != '#')
        {
            references.Add(trimmed);
            return line.Replace(trimmed, "<ref>", StringComparison.Ordinal);
        }

        return TagWithReference().IsMatch(trimmed)
            ? Attribute().Replace(line, m =>
            {
                references.Add(m.Groups["reference"].Value);
                return m.Groups["name"].Value + "<ref>\"";
            })
            : line;
    }));

    [GeneratedRegex("^https://gw\\.example/api/v1/playback/[^/]+/(?<cluster>[a-z]+)/(?<path>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex GatewayPath();

    [GeneratedRegex(
        "^#EXT-X-(MEDIA|I-FRAME-STREAM-INF|IMAGE-STREAM-INF|SESSION-DATA|SESSION-KEY|CONTENT-STEERING|KEY|MAP|PART|PRELOAD-HINT|RENDITION-REPORT|DATERANGE):", RegexOptions.ExplicitCapture)]
    private static partial Regex TagWithReference();

    [GeneratedRegex("(?<name>(?<=[:,] ?)(?:URI|SERVER-URI|X-ASSET-URI|X-ASSET-LIST|X-URI)=\")(?<reference>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Attribute();

    [GeneratedRegex("DEFINE:NAME=\"(?<name>[^\"]+)\",VALUE=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Definition();
}
