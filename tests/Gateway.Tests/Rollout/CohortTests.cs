using System.Globalization;
using Gateway.Rollout.Cohorts;

namespace Gateway.Tests.Rollout;

public sealed class CohortTests
{
    private static readonly string[] Users = [.. Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"user-{i}"))];

    [Fact]
    public void Place_AThousandUsers_ATenthLiesBelowATenth() => Assert.InRange(Users.Count(u => Cohort.PlaceOf(u) < 0.1), 70, 130);

    [Fact]
    public void Place_GrowingCohort_OnlyAddsUsers()
    {
        var tenth = Users.Where(u => Cohort.PlaceOf(u) < 0.1).ToHashSet();
        var half = Users.Where(u => Cohort.PlaceOf(u) < 0.5).ToHashSet();
        Assert.Superset(tenth, half);
        Assert.InRange(half.Count, 430, 570);
    }

    /// <summary>Another hash would move users between two releases: the values are held.</summary>
    [Fact]
    public void Place_KnownName_IsTheSameForEver()
    {
        Assert.Equal(0.84594, Cohort.PlaceOf("ada"), 5);
        Assert.All(Users, u => Assert.InRange(Cohort.PlaceOf(u), 0, 1 - double.Epsilon));
    }
}
