using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Media;
using Gateway.Testing;

namespace Gateway.Tests.Access;

public sealed class TicketScopeTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("/x/seg.ts", true)]
    [InlineData("/x/", true)]
    [InlineData("/x/deeper/seg.ts", false)]
    [InlineData("/x/deeper%2Fseg.ts", false)]
    [InlineData("/x/deeper%2fseg.ts", false)]
    [InlineData("/x//seg.ts", false)]
    [InlineData("/y/seg.ts", false)]
    public void Holds_FolderAlone_ItsOwnNamesOnly(string path, bool expected)
    {
        Assert.Equal(expected, TicketScope.Holds(TicketScope.OfFolderAlone("/x/"), path));
        var longFolder = "/" + new string('l', 200);
        Assert.Equal(expected && path.StartsWith("/x", StringComparison.Ordinal), TicketScope.Holds(TicketScope.OfFolderAlone(longFolder + "/x/"), longFolder + path));
    }

    [Theory]
    [InlineData("/media/$RepresentationID$/", "/media/v1/seg.m4s", true)]
    [InlineData("/media/$RepresentationID$/", "/media/v1/deeper/seg.m4s", false)]
    [InlineData("/media/$RepresentationID$/", "/media/v1%2Fdeeper/seg.m4s", false)]
    [InlineData("/media/$RepresentationID$/", "/media/v1/deeper%2Fseg.m4s", false)]
    [InlineData("/media/$RepresentationID$/", "/media//seg.m4s", false)]
    [InlineData("/media/$RepresentationID$/", "/media/seg.m4s", false)]
    [InlineData("/media/v$Bandwidth%06d$k/a/", "/media/v000500k/a/1.m4s", true)]
    [InlineData("/media/v$Bandwidth%06d$k/a/", "/media/x000500k/a/1.m4s", false)]
    [InlineData("/media/*/$Number$/", "/media/v1/7/1.m4s", false)]
    public void FolderAlone_WithVariables_HoldsWhatTheyCanGive(string folder, string path, bool expected) =>
        Assert.Equal(expected, TicketScope.Holds(TicketScope.OfFolderAlone(folder), path));

    [Theory]
    [InlineData("/media/$RepresentationID$/", "/media/")]
    [InlineData("/media/v$Time$/x/", "/media/")]
    [InlineData("/$Number%05d$/", "/")]
    [InlineData("/price$/in$/", "/price$/in$/")]
    [InlineData("/a/b/", "/a/b/")]
    public void FixedFolder_Template_EndsBeforeTheFirstVariable(string folder, string expected) => Assert.Equal(expected, TicketScope.FixedFolder(folder));

    [Fact]
    public void Open_ClaimForOneManifest_OpensNothingElse()
    {
        var ticket = Open("/promo.m3u8", MediaGrant.OfGlobs(["promo.m3u8"]));
        Assert.True(Covers(ticket, "/promo.m3u8"));
        foreach (var path in new[] { "/other.m3u8", "/films/premium/seg0.ts", "/", "/promo.m3u8/x", "/films%2Fx" }) Assert.False(Covers(ticket, path), path);
    }

    [Fact]
    public void Open_ClaimForTheFolder_OpensItWithEverythingBelow()
    {
        var ticket = Open("/films/one/master.m3u8", MediaGrant.OfGlobs(["films/**"]));
        Assert.Equal("/films/one/", ticket.Scope);
        Assert.True(Covers(ticket, "/films/one/v1/seg.ts"));
        Assert.False(Covers(ticket, "/films/two/seg.ts"));
    }

    [Fact]
    public void WithScope_OfWhatAUsersPlaylistNames_OpensTheFolderAlone()
    {
        var ticket = Open("/b/pl/up/mine.m3u8", MediaGrant.OfGlobs(["b/pl/up/**"]));
        var film = ticket.WithScope("origin", "/films/premium/");
        Assert.True(Covers(film, "/films/premium/seg0.ts"));
        Assert.False(Covers(film, "/films/premium/uhd/seg0.ts"));
        Assert.False(Covers(film, "/films/other/seg0.ts"));
        var root = ticket.WithScope("origin", "/");
        Assert.True(Covers(root, "/x.ts"));
        Assert.False(Covers(root, "/films/premium/seg0.ts"));
        // And nothing grows on the way: a ticket made of it knows no more.
        Assert.Equal(root, film.WithScope("origin", "/"));
        Assert.Equal("/b/pl/up/more/", film.WithScope("origin", "/b/pl/up/more/").Scope);
    }

    [Fact]
    public void Open_PatternTooLongForATicket_OpensItsTreeOnly()
    {
        var folder = "/films/" + new string('f', MediaGrant.MaxTextBytes) + "/";
        var tree = Open(folder + "master.m3u8", MediaGrant.OfGlobs([folder[1..] + "**"]));
        Assert.True(Covers(tree, folder + "v1/seg.ts"));
        var promo = MediaGrant.OfGlobs([folder[1..] + "promo.m3u8"]);
        Assert.True(Covers(Open(folder + "promo.m3u8", promo), folder + "promo0.ts"));
        Assert.False(Covers(Open(folder + "promo.m3u8", promo, grantedPathsOnly: true), folder + "film.mp4"));
    }

    [Fact]
    public void WithScope_WithoutLimits_OpensWhatIsBelow()
    {
        var ticket = Open("/films/master.m3u8", MediaGrant.Everything);
        Assert.True(Covers(ticket.WithScope("origin", "/keys/"), "/keys/a/b.key"));
        Assert.True(Covers(ticket.WithScope("origin", "/media/$RepresentationID$/"), "/media/video/avc1/1.m4s"));
    }

    [Fact]
    public void Issue_TicketWithAGrant_IsReadBack()
    {
        var ring = TicketKeyRing.ForThisProcess();
        foreach (var grant in new[] { MediaGrant.Everything, MediaGrant.Parse(""), MediaGrant.OfGlobs(["a/**", "b/*/c.m3u8"]), MediaGrant.OfAcl("/a/*!/b/*"), MediaGrant.OfGlobs(Enumerable.Repeat("x/é/**", 64)) })
        {
            var ticket = Open("/x/é/master.m3u8", grant);
            // Another instance: nothing is remembered, all is read.
            Assert.Equal(TicketVerdict.Valid, new TicketSigner(ring, _time).Verify(new TicketSigner(ring, _time).Issue(ticket), out var read));
            Assert.Equal(ticket, read);
        }
    }

    [Fact]
    public void Issue_LongestOfEverything_Fits()
    {
        var signer = new TicketSigner(TicketKeyRing.ForThisProcess(), _time);
        var ticket = Open("/a/b", MediaGrant.OfGlobs(["a/" + new string('g', MediaGrant.MaxTextBytes - 2)])) with
        {
            User = new string('u', TicketCodec.MaxUserBytes),
            Cluster = new string('c', TicketCodec.MaxClusterBytes),
            Scope = TicketScope.OfFolderAlone("/" + string.Join('/', Enumerable.Repeat(new string('s', 40), 2)) + "/$Number$" + new string('t', 50) + "/"),
            MaxKbps = int.MaxValue,
            Binding = TicketBinding.To(TicketBindingKind.Device, "d"),
        };
        Assert.StartsWith("~", ticket.Scope, StringComparison.Ordinal);
        Assert.Equal(TicketVerdict.Valid, signer.Verify(signer.Issue(ticket), out var read));
        Assert.Equal(ticket, read);
    }

    private static bool Covers(Ticket ticket, string path) => ticket.Covers(new MediaAddress("origin", path, ""));

    private Ticket Open(string path, MediaGrant grant, bool grantedPathsOnly = false) => new TicketIssuer(new AccessOptions { GrantedPathsOnly = grantedPathsOnly }, _time).Open(Guid.NewGuid(), "u", "origin", path, grant);
}
