using System.Text;
using Gateway.Manifests.Dash;
using Gateway.Media;
using Gateway.Origin;
using static Gateway.Tests.Manifests.Dash.DashBench;

namespace Gateway.Tests.Manifests.Dash;

public sealed class DashFuzzTests
{
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "<", ">", "/>", "</", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&amp;", "&#x2f;", "&", "&;", "&#;", ";", "\"", "'", "=", "\r\n", "\t", "\0", "\uFEFF", "$", "$Number%05d$", "$Time$", "%2e%2e",
            "../", "//", "/", "\\", "http://origin.example/", "https://cdn.example:8443/base/", "http://elsewhere.example/", "//origin.example", "http:", "data:", "?", "#", ":",
            "http://gw.example/api/v1/playback/TICKET/origin/", "/api/v1/playback/TICKET/cdn/x", "<BaseURL>", "</BaseURL>", "<Period>", "</Period>", "<AdaptationSet>", "<Representation>",
            "<SegmentTemplate media=\"", "<S t=\"0\" d=\"-1\" r=\"-1\"/>", " d=\"9223372036854775807\"", " r=\"2147483647\"", " timescale=\"0\"", " duration=\"1\"", " xmlns=\"urn:x\"", " xlink:href=\"/a\"",
            " type=\"dynamic\"", " availabilityStartTime=\"0001-01-01T00:00:00Z\"", " start=\"PT9999999999999H\"", "<!DOCTYPE MPD [", "<Patch>", "<replace sel=\"/MPD/BaseURL/text()\">",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>No crash, no hang, nothing written on refusal, no host reached that is not configured, and what is ours stays as it is.</summary>
    [Fact]
    public void Rewrite_MutatedDocuments_AreRewrittenOrRefusedByName()
    {
        var seeds = ManifestFuzz.Seeds("Dash/FuzzSeeds").Concat(ManifestCorpus.Files("dash").Select(ManifestCorpus.Read).Where(d => d.Length < 8000)).ToArray();
        Assert.NotEmpty(seeds);
        foreach (var run in ManifestFuzz.Runs(4000))
        {
            var random = new Random(run);
            var document = ManifestFuzz.Mutate(seeds, Tokens, random);
            try
            {
                Check(document, DashBench.Upstreams, random.Next(2) == 0);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Run {run}: {e.Message}\n{Convert.ToBase64String(document)}", e);
            }
        }
    }

    private static void Check(byte[] document, UpstreamTable upstreams, bool mirrored)
    {
        var asked = new List<MediaAddress>();
        var target = new ReferenceTargetSpy(asked);
        var outcome = Rewrite(document, target.Map(upstreams, mirrored), out var output);
        Assert.True(Enum.IsDefined(outcome));
        Assert.All(asked, address => Assert.True(upstreams.Knows(address.Cluster)));
        if (outcome == DashOutcome.Rewritten)
        {
            Assert.Equal(DashOutcome.Unchanged, Rewrite(output, Map(mirrored), out _));
        }

        DashFollower.Walk(document);
    }

    /// <summary>Sees every address that is mapped.</summary>
    private sealed class ReferenceTargetSpy(List<MediaAddress> asked)
    {
        public Gateway.Manifests.ReferenceMap Map(UpstreamTable upstreams, bool mirrored) => new(
            upstreams,
            "origin",
            new Uri(Upstream),
            new Gateway.Manifests.ReferenceTarget(DashBench.Gateway, address =>
            {
                asked.Add(address);
                return Ticket;
            }),
            mirrored);
    }
}
