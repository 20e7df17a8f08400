using Gateway.Sessions.Quality;

namespace Gateway.Tests.Sessions.Quality;

public sealed class ObservedSessionTests
{
    /// <summary>A report is a page's word: one page must not make up a failure rate of handoffs that were not asked for.</summary>
    [Fact]
    public void HandoffReport_WithoutAHandoff_DoesNotCount() => Assert.False(new ObservedSession().HandoffReported(isSuccessor: false));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HandoffReport_Repeated_CountsOnce(bool isSuccessor)
    {
        var session = new ObservedSession();
        if (!isSuccessor) session.HandedOff();
        Assert.True(session.HandoffReported(isSuccessor));
        Assert.False(session.HandoffReported(isSuccessor));
    }
}
