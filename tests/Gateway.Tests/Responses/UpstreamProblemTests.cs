using Gateway.Caching;
using Gateway.Origin;
using Gateway.Problems;
using Gateway.Responses;

namespace Gateway.Tests.Responses;

public sealed class UpstreamProblemTests
{
    [Fact]
    public void Notes_WithoutTheCluster_NameTheSetting()
    {
        using var reply = new HeadReply(default!, null) { Result = CacheResult.Failed, Failure = OriginFailure.NoCluster };

        Assert.Equal(ProblemCode.OriginUnavailable, UpstreamProblem.Of(reply));
        Assert.Contains("ReverseProxy:Clusters:origin:Destinations:a:Address", UpstreamProblem.NotesOf(reply)!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_WithoutADestinationThatIsUp_NameNone()
    {
        using var reply = new HeadReply(default!, null) { Result = CacheResult.Failed, Failure = OriginFailure.NoDestination };

        Assert.Equal(ProblemCode.OriginUnavailable, UpstreamProblem.Of(reply));
        Assert.Null(UpstreamProblem.NotesOf(reply));
    }
}
