using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Manifests.Dash;
using static Gateway.Tests.Manifests.Dash.DashBench;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>What holds for any MPD, over documents put together at random from all ways to write a reference.</summary>
public sealed class DashPropertyTests
{
    private static readonly string[] Directories =
    [
        "", "./", "a/", "a/b/", "../", "../../", "../../../../", "/", "/x/", "/titles/", "http://origin.example/", "http://origin.example", "https://cdn.example:8443/base/y/",
        "https://cdn.example:8443/other/", "http://elsewhere.example/z/", "//origin.example/s/", "//elsewhere.example/s/", "http://origin.example:81/", "a/../../b/",
    ];

    /// <summary>Those that lead to the right place by themselves as soon as the document is mirrored.</summary>
    private static readonly string[] Standing =
        ["", "./", "a/", "a/b/", "a/../b/", "http://elsewhere.example/z/", "http://origin.example:81/", "https://cdn.example:8443/other/"];

    private static readonly string[] Files = ["", "1.m4s", "$Number%05d$.m4s", "$RepresentationID$/$Time$.m4s", "$$x.m4s?a=1&amp;b=/../", "$RepresentationID$/$Number%05d$.m4s?a=1&amp;b=2", "x;y=z", "?q", "%2F.m4s"];

    private static Gen<string> Reference(string[] directories) =>
        from directory in Gen.Elements(directories)
        from file in Gen.Elements(Files)
        select directory + file;

    private static Gen<string> Base(string[] directories) =>
        from directory in Gen.Elements(directories)
        from quoted in Gen.Elements("{0}", " {0}\r\n", "<![CDATA[{0}]]>", "<!-- c -->{0}")
        select $"<BaseURL>{quoted.Replace("{0}", directory, StringComparison.Ordinal)}</BaseURL>";

    private static Gen<string> Bases(string[] directories) => Gen.Frequency((3, Gen.Constant("")), (2, Base(directories)));

    private static Gen<string> Representation(string[] directories) =>
        from bases in Bases(directories)
        from media in Reference(directories)
        from init in Reference(directories)
        from spelled in Gen.Elements(
            "<SegmentTemplate media=\"{0}\" initialization='{1}'/>",
            "<SegmentList><Initialization sourceURL=\"{1}\" /><SegmentURL media = '{0}'/></SegmentList>")
        select $"<Representation id=\"r\">{bases}{spelled.Replace("{0}", media, StringComparison.Ordinal).Replace("{1}", init, StringComparison.Ordinal)}</Representation>\n";

    private static Gen<string> Period(string[] directories) =>
        from bases in Bases(directories)
        from setBases in Bases(directories)
        from representations in Representation(directories).NonEmptyListOf()
        select $"<Period>{bases}<AdaptationSet>{setBases}{string.Concat(representations)}</AdaptationSet></Period>\n";

    private static Gen<string> Mpd(string[] directories) =>
        from bases in Bases(directories)
        from location in Reference(directories).Where(r => r.Length > 0)
        from patch in Reference(directories).Where(r => r.Length > 0)
        from periods in Period(directories).NonEmptyListOf()
        select $"<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><ProgramInformation/>\n{bases}<Location>{location}</Location><PatchLocation ttl='5'>{patch}</PatchLocation>{string.Concat(periods)}</MPD>";

    [Fact]
    public void AnyMpd_Rewritten_EveryUrlMapsAndNothingElseChanges() => Holds(document =>
    {
        DashJudge.Check(document, DashBench.Upstreams, mirrored: true);
        DashJudge.Check(document, DashBench.Upstreams, mirrored: false);
    });

    [Fact]
    public void AnyMpd_EverythingLeadsThereByItself_ComesBackUnchanged() =>
        Holds(document => Assert.Equal(DashOutcome.Unchanged, Rewrite(document, Map(mirrored: true), out _)), Standing);

    [Fact]
    public void Read_AnyMpd_FindsEachOfItsSegments() => Holds(document => DashFollower.Walk(document));

    private static void Holds(Action<byte[]> property, string[]? directories = null) =>
        Prop.ForAll(Mpd(directories ?? Directories).ToArbitrary(), document => property(Encoding.UTF8.GetBytes(document)))
            .Check(Dice.Config(200));
}
