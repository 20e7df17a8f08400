using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Gateway.Manifests;
using Gateway.Manifests.Dash;
using Gateway.Origin;
using static Gateway.Tests.Manifests.Dash.DashBench;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>
/// Judges a rewriting without knowing how it is done: the URLs that a player resolves before and after map one to one, foreign ones onto
/// themselves, and all other bytes are equal; rewriting what was rewritten changes nothing.
/// </summary>
internal static partial class DashJudge
{
    private const string PlayUrl = DashBench.Gateway + "/play/titles/demo/manifest.mpd";

    public static void Check(byte[] document, UpstreamTable upstreams, bool mirrored)
    {
        var outcome = Rewrite(document, Map(mirrored, upstreams: upstreams), out var output);
        if (!document.AsSpan().TrimEnd("\r\n\t "u8).EndsWith("MPD>"u8))
        {
            // One document of the corpus ends after its first tag.
            Assert.Equal(DashOutcome.Truncated, outcome);
            Assert.Empty(output);
            return;
        }

        Assert.True(outcome is DashOutcome.Rewritten or DashOutcome.Unchanged, outcome.ToString());
        Assert.Equal(Blank(document, 0), Blank(output, Bases(output) - Bases(document)));
        Rewrite(output, Map(mirrored, upstreams: upstreams), out var twice);
        Assert.Equal(output, twice);
        if (Model(document) is not { } before) return;
        var after = Model(output);
        Assert.NotNull(after);
        var player = mirrored ? new Uri(Expected(new Uri(Upstream), upstreams)) : new Uri(PlayUrl);
        var expected = SlowDashResolver.Urls(before, new Uri(Upstream)).Select(line => Expected(line, upstreams)).ToList();
        Assert.Equal(expected, SlowDashResolver.Urls(after, player));
        CheckTickets(document, upstreams, mirrored, expected, new TicketFolders(DashBench.Gateway, "/titles/demo/"));
    }

    /// <summary>With a ticket per folder, as a session has them: every URL that a player resolves is opened by the ticket that stands in it.</summary>
    public static void CheckTickets(byte[] document, UpstreamTable upstreams, bool mirrored, List<string> expected, TicketFolders tickets, bool judgesBases = true)
    {
        var upstream = new Uri(Upstream);
        upstreams.TryLocate(upstream, "origin", out var own);
        var map = new ReferenceMap(upstreams, "origin", upstream, tickets.Target, mirrored);
        Assert.True(Rewrite(document, map, out var output) is DashOutcome.Rewritten or DashOutcome.Unchanged);
        var player = new Uri(mirrored ? DashBench.Gateway + tickets.Target.PathOf(own) : PlayUrl);

        // A base is asked for only where a file lies there; below one for templates its ticket opens the segments' folder instead.
        Assert.Equal(
            expected.Where(line => judgesBases || !line.StartsWith("base ", StringComparison.Ordinal)),
            SlowDashResolver.Urls(Model(output)!, player).Select(line => Judged(line, tickets)).Where(line => judgesBases || !line.StartsWith("base ", StringComparison.Ordinal)));
        Rewrite(output, new ReferenceMap(upstreams, "origin", upstream, tickets.Target, mirrored), out var twice);
        Assert.Equal(Encoding.Latin1.GetString(output), Encoding.Latin1.GetString(twice));
    }

    /// <summary>For a credential that opens the title's own folder and nothing else: what the MPD names elsewhere has tickets for one folder each.</summary>
    public static void CheckGranted(byte[] document, bool mirrored)
    {
        var tickets = new TicketFolders(DashBench.Gateway, "/titles/demo/", Gateway.Access.MediaGrant.OfGlobs(["titles/demo/**"]));
        var expected = SlowDashResolver.Urls(Model(document)!, new Uri(Upstream)).Select(line => Expected(line, DashBench.Upstreams)).ToList();
        CheckTickets(document, DashBench.Upstreams, mirrored, expected, tickets, judgesBases: false);
    }

    private static string Judged(string line, TicketFolders tickets)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal) + 1;
        return line[..space] + tickets.Judge(line[space..], Ticket);
    }

    /// <summary>All hosts that a document names, each as a cluster of its own.</summary>
    public static UpstreamTable Hosting(byte[] document)
    {
        var hosts = HttpHost().Matches(Encoding.Latin1.GetString(document)).Select(m => m.Value).Distinct(StringComparer.OrdinalIgnoreCase);
        return new UpstreamTable(
        [
            new("origin", new Uri("http://origin.example/")),
            .. hosts.Select((host, i) => Uri.TryCreate(host, UriKind.Absolute, out var uri) ? new UpstreamTable.Upstream("c" + i, uri) : null)
                .OfType<UpstreamTable.Upstream>(),
        ]);
    }

    private static string Expected(string line, UpstreamTable upstreams)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal) + 1;
        return Uri.TryCreate(line[space..], UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? line[..space] + Expected(url, upstreams) : line;
    }

    private static string Expected(Uri url, UpstreamTable upstreams) =>
        upstreams.TryLocate(url, "origin", out var address) ? $"{DashBench.Gateway}{Ticket}/{address.Cluster}{address.Path}{url.Query}" : url.AbsoluteUri;

    /// <summary>The document without the values that may change, and without a BaseURL that may have been put in.</summary>
    private static string Blank(byte[] document, int inserted)
    {
        var text = Encoding.Latin1.GetString(document);
        Assert.True(inserted is 0 or 2);
        if (inserted == 2) text = InsertedBase().Replace(text, "", 1);
        text = UrlAttribute().Replace(text, "${name}");
        return UrlText().Replace(text, m => m.Groups["tag"].Value + Spelling().Replace(m.Groups["value"].Value, "${keep}") + m.Groups["end"].Value);
    }

    private static int Bases(byte[] document) => document.AsSpan().Count("BaseURL>"u8);

    /// <summary>A few documents of the corpus are not well-formed; for them the comparison of bytes has to do.</summary>
    private static XDocument? Model(byte[] document)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(document), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"https?://[^/""'<>\s$]+/?", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex HttpHost();

    [GeneratedRegex(@"<([a-z]+:)?BaseURL>http://gw\.example/api/v1/playback/TICKET/origin/titles/demo/</([a-z]+:)?BaseURL>", RegexOptions.ExplicitCapture)]
    private static partial Regex InsertedBase();

    [GeneratedRegex(@"(?<name>\s(media|initialization|index|bitstreamSwitching|sourceURL|[a-z]+:href|[a-z]+:url|value|messageData|moreInformationURL)\s*=\s*)(""[^""]*""|'[^']*')", RegexOptions.ExplicitCapture)]
    private static partial Regex UrlAttribute();

    [GeneratedRegex(@"(?<tag><([a-z]+:)?(BaseURL|Location|PatchLocation|ContentSteering|ImportedMPD|Event)(\s[^>]*)?>)(?<value>([^<]|<!\[CDATA\[.*?\]\]>|<!--.*?-->)*)(?<end></)", RegexOptions.ExplicitCapture | RegexOptions.Singleline, -1)]
    private static partial Regex UrlText();

    /// <summary>Everything in an element that holds a URL, except the characters of the URL.</summary>
    [GeneratedRegex(@"(?<keep><!\[CDATA\[|\]\]>|<!--.*?-->|\s+)|.", RegexOptions.ExplicitCapture | RegexOptions.Singleline, -1)]
    private static partial Regex Spelling();
}
