using static Gateway.Tests.Manifests.Dash.DashBench;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>Every MPD of the corpus, with its hosts foreign and with its hosts configured, known to the player under its mapped URL and under another one.</summary>
public sealed class DashCorpusTests
{
    public static TheoryData<string> Files => [.. ManifestCorpus.Files("dash")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Document_Rewritten_EveryUrlMapsAndNothingElseChanges(string file)
    {
        var document = ManifestCorpus.Read(file);
        foreach (var upstreams in new[] { Upstreams, DashJudge.Hosting(document) })
        {
            DashJudge.Check(document, upstreams, mirrored: true);
            DashJudge.Check(document, upstreams, mirrored: false);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Document_Read_EverySegmentIsFoundAgain(string file) => DashFollower.Walk(ManifestCorpus.Read(file));
}
