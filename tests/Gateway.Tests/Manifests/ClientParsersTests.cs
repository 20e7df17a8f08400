using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Manifests;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;
using Gateway.Origin;
using Gateway.Testing;

namespace Gateway.Tests.Manifests;

/// <summary>
/// Every real manifest before and after, judged by the parsers of real players from npm (<c>tests/clients</c>): every URL that they resolve
/// leads to the resource it led to before, and everything else that they report is the same.
/// </summary>
public sealed partial class ClientParsersTests
{
    private const string PublicOrigin = "https://gw.example";
    private const string Ticket = "/api/v1/playback/T";

    /// <summary>For npm and for the parsers each; on an idle machine they need half a minute.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData("hls", "http://origin.example/titles/demo/v1/media.m3u8?sid=7&name=caf%C3%A9")]
    [InlineData("dash", "http://origin.example/titles/demo/manifest.mpd?sid=7")]
    public async Task Manifest_Rewritten_ReadsTheSameToClients(string protocol, string upstreamUrl)
    {
        Assert.SkipWhen(ManifestCorpus.Folder is null, ManifestCorpus.Absent);
        var clients = Path.Combine(Repository.Root, "tests", "clients");
        await Install(clients);
        var folder = Directory.CreateTempSubdirectory("client-parsers-").FullName;
        try
        {
            var pairs = Pairs(protocol, new Uri(upstreamUrl), folder).ToList();
            var index = JsonSerializer.SerializeToUtf8Bytes(new { Gateway = PublicOrigin, Pairs = pairs }, JsonSerializerOptions.Web);
            await File.WriteAllBytesAsync(Path.Combine(folder, "index.json"), index, TestContext.Current.CancellationToken);

            var judged = await ForeignProgram.RunAsync(clients, Deadline, "node", "parsers.mjs", folder);

            Assert.NotNull(judged);
            Assert.True(judged.ExitCode == 0, judged.Errors);
            var report = JsonSerializer.Deserialize<Report>(judged.Output, JsonSerializerOptions.Web)!;
            TestContext.Current.TestOutputHelper?.WriteLine(judged.Output);
            Assert.True(report.Differences.Count == 0, string.Join('\n', report.Differences.Take(50).Prepend($"{report.Differences.Count} differences:")));
            Assert.NotEmpty(report.Parsers);
            foreach (var (parser, counts) in report.Parsers)
            {
                Assert.Equal(pairs.Count, counts.Read + counts.Refused);
                Assert.True(counts.Read > pairs.Count / 2 && counts.Urls > counts.Read, $"{parser} read {counts.Read} of {pairs.Count} and {counts.Urls} URLs.");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Each manifest with its hosts configured and with its hosts foreign, known to the player under its mapped URL and under another one.</summary>
    private static IEnumerable<Pair> Pairs(string protocol, Uri upstream, string folder)
    {
        var number = 0;
        foreach (var file in ManifestCorpus.RealFiles(protocol))
        {
            var document = ManifestCorpus.Read(file);
            foreach (var hosts in new[] { Hosts(document), [] })
            {
                var clusters = hosts.Select((host, i) => ($"c{i}", host)).Prepend(("origin", "http://origin.example/")).ToDictionary();
                var table = new UpstreamTable(clusters.Select(c => new UpstreamTable.Upstream(c.Key, new Uri(c.Value))));
                foreach (var mirrored in new[] { true, false })
                {
                    var map = new ReferenceMap(table, "origin", upstream, new ReferenceTarget(PublicOrigin, _ => Ticket), mirrored);
                    if (Rewrite(protocol, document, map) is not { } rewritten) continue;
                    var pair = new Pair(
                        $"{file} ({(hosts.Length > 0 ? "known" : "foreign")} hosts, {(mirrored ? "mirrored" : "moved")})",
                        mirrored,
                        protocol,
                        $"{number}.before",
                        $"{number}.after",
                        upstream.AbsoluteUri,
                        PublicOrigin + (mirrored ? $"{Ticket}/origin{upstream.PathAndQuery}" : $"/play{upstream.PathAndQuery}"),
                        clusters);
                    File.WriteAllBytes(Path.Combine(folder, pair.Before), document);
                    File.WriteAllBytes(Path.Combine(folder, pair.After), rewritten);
                    number++;
                    yield return pair;
                }

                if (hosts.Length == 0) break;
            }
        }
    }

    /// <returns>Null for what the gateway answers with an error: an empty playlist, an MPD that ends in the middle.</returns>
    private static byte[]? Rewrite(string protocol, byte[] document, ReferenceMap map)
    {
        var output = new ArrayBufferWriter<byte>();
        if (protocol == "dash")
        {
            var outcome = DashRewriter.Rewrite(document, map, output);
            if (outcome == DashOutcome.Unchanged) return document;
            if (outcome == DashOutcome.Rewritten) return output.WrittenSpan.ToArray();
            Assert.Equal(DashOutcome.Truncated, outcome);
            return null;
        }

        var playlist = HlsRewriter.Rewrite(document, map, new HlsVariables(FrozenDictionary<string, string>.Empty, map.Base.Query), output).Outcome;
        if (playlist == HlsOutcome.Unchanged) return document;
        if (playlist == HlsOutcome.Rewritten) return output.WrittenSpan.ToArray();
        Assert.Equal(HlsOutcome.Empty, playlist);
        return null;
    }

    private static string[] Hosts(byte[] document) =>
    [
        .. HttpHost().Matches(Encoding.Latin1.GetString(document))
            .Select(m => Uri.TryCreate(m.Value, UriKind.Absolute, out var url) ? url.GetLeftPart(UriPartial.Authority) + "/" : null)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal),
    ];

    private static async Task Install(string clients)
    {
        // npm writes this file last; older than what it was made from, it tells of other parsers.
        var installedAt = File.GetLastWriteTimeUtc(Path.Combine(clients, "node_modules", ".package-lock.json"));
        if (installedAt >= File.GetLastWriteTimeUtc(Path.Combine(clients, "package-lock.json"))) return;
        var installed = await ForeignProgram.RunAsync(clients, Deadline, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
        Assert.SkipWhen(installed is null, "npm is missing, or did not finish in time.");
        Assert.SkipWhen(installed!.ExitCode != 0, $"The parsers could not be installed from npm: {installed.Errors}");
    }

    [GeneratedRegex(@"https?://[^/""'<>\s$?#,]+/?", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex HttpHost();

    private sealed record Pair(
        string Name, bool Mirrored, string Protocol, string Before, string After, string UpstreamUrl, string PlayerUrl, IReadOnlyDictionary<string, string> Clusters);

    private sealed record Report(IReadOnlyDictionary<string, Counts> Parsers, IReadOnlyList<string> Differences);

    private sealed record Counts(int Read, int Refused, int Urls);
}
