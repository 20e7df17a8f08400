using System.Text.Json;
using Gateway.Admin;

namespace Gateway.Tests.Admin;

public sealed class RolloutBodyTests
{
    /// <summary>The answer is no longer for a body that is full of mistakes than for one that has a few.</summary>
    [Theory]
    [InlineData(1, "has a field that there is not. Known: stage, ")]
    [InlineData(4000, "has 4000 fields that there are not. Known: stage, ")]
    public void Fields_ThatThereAreNot_AreRefusedTogether(int count, string told)
    {
        using var body = JsonDocument.Parse("{\"stage\":9," + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"f{i}\":1")) + "}");
        Assert.Null(RolloutBody.Read(body.RootElement, "operator", out var errors));
        Assert.Equal(["stage", "body"], errors.Select(e => e.Field));
        Assert.StartsWith(told, errors[1].Error, StringComparison.Ordinal);
    }
}
