using Gateway.Access;
using Gateway.Access.Revocation;
using Gateway.Testing;

namespace Gateway.Tests.Access;

public sealed class RevocationsTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Revocations _revocations;

    public RevocationsTests() => _revocations = new Revocations(_clock);

    [Theory]
    [InlineData(RevocationKind.Token, "token-1")]
    [InlineData(RevocationKind.Subject, "anna")]
    internal void Credential_RefusedByWhatItNames_AndNoOther(RevocationKind kind, string name)
    {
        Assert.False(Refuses("anna", "token-1"));
        Assert.True(Set(kind, RevocationEntry.NameOf(name), TimeSpan.FromMinutes(1)));
        Assert.True(Refuses("anna", "token-1"));
        Assert.False(Refuses("bert", "token-2"));
        Assert.False(Refuses(null, null));
    }

    [Fact]
    public void Credential_OfARefusedUser_IsRefusedAtThatIssuerOnly()
    {
        Assert.True(Set(RevocationKind.User, AccessGrant.UserOf("issuer", "anna"), TimeSpan.FromMinutes(1)));
        Assert.True(Refuses("anna", null));
        Assert.False(_revocations.RefusesCredential("another", "anna", null));
        Assert.False(_revocations.Refuses(RevocationKind.User, null));
        Assert.False(_revocations.Refuses(RevocationKind.Subject, AccessGrant.UserOf("issuer", "anna")));
    }

    [Fact]
    public void Entry_WhoseTimeHasCome_RefusesNobody()
    {
        Set(RevocationKind.Subject, RevocationEntry.NameOf("anna"), TimeSpan.FromMinutes(1));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(Refuses("anna", null));
        Assert.Single(_revocations.All);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Refuses("anna", null));
        Assert.Empty(_revocations.All);
    }

    [Fact]
    public void Entry_OfAPastTime_LiftsTheRevocation()
    {
        Set(RevocationKind.Subject, RevocationEntry.NameOf("anna"), TimeSpan.FromMinutes(1));
        Assert.True(Set(RevocationKind.Subject, RevocationEntry.NameOf("anna"), TimeSpan.Zero));
        Assert.False(Refuses("anna", null));
        Assert.Empty(_revocations.All);
    }

    [Fact]
    public void TrySet_FullList_RefusesNewNamesRenewsOldOnesAndForgetsExpired()
    {
        for (var i = 0; i < Revocations.Most; i++)
            Assert.True(Set(RevocationKind.Token, i.ToString(System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromMinutes(i == 0 ? 1 : 9)));
        Assert.False(Set(RevocationKind.Token, "one more", TimeSpan.FromMinutes(9)));
        Assert.True(Set(RevocationKind.Token, "7", TimeSpan.FromMinutes(10)));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Set(RevocationKind.Token, "one more", TimeSpan.FromMinutes(9)));
        Assert.True(_revocations.Refuses(RevocationKind.Token, "one more"));
        Assert.False(Set(RevocationKind.Token, "yet another", TimeSpan.FromMinutes(9)));
    }

    private bool Set(RevocationKind kind, string name, TimeSpan time) => _revocations.TrySet(new RevocationEntry(kind, name, _clock.GetUtcNow() + time));

    private bool Refuses(string? subject, string? token) => _revocations.RefusesCredential("issuer", subject, token);
}
