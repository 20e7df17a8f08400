using Gateway.Testing;

namespace Gateway.Tests.Architecture;

public sealed class TestNamesTests
{
    [Fact]
    public void Names_OfAllTests_SaySubjectConditionAndOutcome() => Assert.Empty(TestNames.WithFewerThanThreeParts(typeof(TestNamesTests).Assembly));
}
