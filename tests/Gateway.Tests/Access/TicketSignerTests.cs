using FsCheck;
using FsCheck.Fluent;
using Gateway.Access.Tickets;
using Gateway.Media;
using Gateway.Testing;

namespace Gateway.Tests.Access;

public sealed class TicketSignerTests
{
    private static readonly TicketKey KeyA = Key("a", 1);
    private static readonly TicketKey KeyB = Key("b", 2);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Verify_FreshTicket_GivesItBack()
    {
        var ticket = Sample() with { MaxKbps = 4500, MaxStreams = 3, IsForMediaOnly = true, Binding = TicketBinding.To(TicketBindingKind.Address, "192.0.2.7") };
        Assert.Equal(TicketVerdict.Valid, Signer().Verify(Signer().Issue(ticket), out var read));
        Assert.Equal(ticket, read);
    }

    [Fact]
    public void Issue_SameTicket_GivesSameText() => Assert.Equal(Signer().Issue(Sample()), Signer().Issue(Sample() with { }));

    [Fact]
    public void Issue_UsualTicket_IsShortAndFitsIntoAPath()
    {
        var text = Signer().Issue(Sample());
        Assert.InRange(text.Length, 60, 110);
        Assert.Matches("^[A-Za-z0-9_-]+$", text);
    }

    [Fact]
    public void Issue_LongFolderAndUser_StaysBelow200Characters()
    {
        var ticket = Sample() with { User = "0123456789abcdef", Scope = TicketScope.Of("/" + new string('x', 4000) + "/"), MaxKbps = 20_000, MaxStreams = 10 };
        Assert.InRange(Signer().Issue(ticket).Length, 60, 199);
    }

    [Fact]
    public void Verify_EveryChangedCharacter_IsNeverAccepted()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. %\n";
        var signer = Signer();
        var text = signer.Issue(Sample());
        Assert.Equal(TicketVerdict.Valid, signer.Verify(text, out _));
        for (var i = 0; i < text.Length; i++)
        {
            foreach (var other in alphabet)
            {
                if (other == text[i]) continue;
                var forged = text.ToCharArray();
                forged[i] = other;
                Assert.Contains(signer.Verify(forged, out var ticket), Refusals);
                Assert.Null(ticket);
            }
        }
    }

    [Fact]
    public void Verify_SecondSpellings_AreMalformed()
    {
        var signer = Signer();
        // Lengths of all remainders, so that unused bits in the last character occur.
        for (var length = 0; length < 6; length++)
        {
            var text = signer.Issue(Sample() with { User = new string('u', length) });
            Assert.Equal(TicketVerdict.Valid, signer.Verify(text, out _));
            foreach (var other in new[] { text + "=", text + "==", " " + text, text + "\n", text[..20] + "\r\n" + text[20..], text + "A", text[..^1] })
                Assert.Contains(signer.Verify(other, out _), Refusals);
        }
    }

    [Fact]
    public void Verify_AnyText_EndsInARefusal() => Prop.ForAll<string>(text => Refusals.Contains(Signer().Verify(text, out _))).Check(Dice.Config(100));

    [Fact]
    public void Verify_AnyTicketOfTheRing_RoundTrips()
    {
        var signer = Signer();
        Prop.ForAll<Guid, NonNegativeInt, PositiveInt>((session, user, seconds) =>
        {
            var ticket = Sample() with { Session = session, User = user.Get.ToString(System.Globalization.CultureInfo.InvariantCulture), FreshUntil = _time.GetUtcNow().AddSeconds(seconds.Get) };
            return signer.Verify(signer.Issue(ticket), out var read) == TicketVerdict.Valid && ticket == read;
        }).Check(Dice.Config(100));
    }

    [Theory]
    [InlineData(0, TicketVerdict.Valid)]
    [InlineData(3599, TicketVerdict.Valid)]
    [InlineData(3600, TicketVerdict.Lapsed)]
    [InlineData(86399, TicketVerdict.Lapsed)]
    [InlineData(86400, TicketVerdict.Expired)]
    internal void Verify_AsTimeGoesBy_EndsAccordingly(int seconds, TicketVerdict expected)
    {
        var signer = Signer();
        var text = signer.Issue(Sample());
        // Asked before, too: what is remembered must age like everything else.
        Assert.Equal(TicketVerdict.Valid, signer.Verify(text, out _));
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(expected, signer.Verify(text, out var ticket));
        Assert.NotNull(ticket);
    }

    [Theory]
    [InlineData(3600, TicketVerdict.Valid)]
    [InlineData(86400, TicketVerdict.Valid)]
    [InlineData(86401, TicketVerdict.NotYetValid)]
    internal void Verify_FromAnotherClocksFuture_IsToleratedForADay(int seconds, TicketVerdict expected)
    {
        var issued = _time.GetUtcNow().AddSeconds(seconds);
        var ticket = Sample() with { IssuedAt = issued, FreshUntil = issued.AddHours(2), HardExpiry = issued.AddHours(3) };
        Assert.Equal(expected, Signer().Verify(Signer().Issue(ticket), out _));
    }

    [Fact]
    public void Verify_AfterRotation_TakesTheOldKeyUntilItIsRemoved()
    {
        var text = new TicketSigner(new TicketKeyRing([KeyA]), _time).Issue(Sample());
        Assert.Equal(TicketVerdict.Valid, new TicketSigner(new TicketKeyRing([KeyB, KeyA]), _time).Verify(text, out _));
        Assert.Equal(TicketVerdict.UnknownKey, new TicketSigner(new TicketKeyRing([KeyB]), _time).Verify(text, out _));
    }

    [Fact]
    public void Verify_SameIdOtherSecret_IsBadSignature()
    {
        var text = new TicketSigner(new TicketKeyRing([Key("a", 9)]), _time).Issue(Sample());
        Assert.Equal(TicketVerdict.BadSignature, new TicketSigner(new TicketKeyRing([KeyA]), _time).Verify(text, out _));
    }

    [Fact]
    public void Verify_HugeText_IsMalformedWithoutWork()
    {
        var huge = new string('A', 100_000_000);
        var signer = Signer();
        Assert.Equal(TicketVerdict.Malformed, signer.Verify(huge, out _));
        Assert.Equal(0, Allocations.Least(() => signer.Verify(huge, out _)));
    }

    [Fact]
    public void Verify_RememberedTicket_AllocatesNothing()
    {
        var signer = Signer();
        var text = signer.Issue(Sample());
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++) signer.Verify(text, out _);
        }));
    }

    [Fact]
    public void Verify_MoreTicketsThanAreRemembered_StaysRight()
    {
        var signer = Signer();
        var texts = new List<string>();
        for (var i = 0; i < 3 * VerifiedTicketCache.GenerationSize; i++)
        {
            var text = signer.Issue(Sample() with { Session = new Guid(i, 0, 0, new byte[8]) });
            texts.Add(text);
            Assert.Equal(TicketVerdict.Valid, signer.Verify(text, out _));
        }

        foreach (var text in texts.Take(100)) Assert.Equal(TicketVerdict.Valid, signer.Verify(text, out _));
    }

    [Fact]
    public void Covers_OtherFolderOrCluster_Refuses()
    {
        var ticket = Sample();
        Assert.True(ticket.Covers(new MediaAddress("origin", "/demo/v1/seg.m4s", "")));
        Assert.False(ticket.Covers(new MediaAddress("origin", "/demo", "")));
        Assert.False(ticket.Covers(new MediaAddress("origin", "/demolition/x", "")));
        Assert.False(ticket.Covers(new MediaAddress("origin", "/Demo/x", "")));
        Assert.False(ticket.Covers(new MediaAddress("ads", "/demo/x", "")));
    }

    [Fact]
    public void WithScope_LongFolder_CoversItAndNothingBeside()
    {
        var folder = "/" + string.Join('/', Enumerable.Repeat("a-rather-long-folder", 20)) + "/";
        var ticket = Sample().WithScope("vod", folder);
        Assert.True(ticket.Covers(new MediaAddress("vod", folder + "x/y.m4s", "")));
        Assert.False(ticket.Covers(new MediaAddress("vod", folder[..^1] + "er/y.m4s", "")));
        Assert.False(ticket.Covers(new MediaAddress("vod", folder.Replace("a-rather", "b-rather"), "")));
        Assert.False(ticket.Covers(new MediaAddress("vod", folder[..^2], "")));
        Assert.Equal(Sample().Session, ticket.Session);
    }

    [Theory]
    [InlineData("k1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "k1")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "4c9f")]
    [InlineData("prod_2:zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw=", "prod_2")]
    [InlineData("x:-_-_zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw", "x")]
    public void KeyTryParse_HexOrBase64_IsRead(string text, string id)
    {
        Assert.True(TicketKey.TryParse(text, out var key));
        if (id != "4c9f") Assert.Equal(id, key.Id);
        else Assert.Matches("^[0-9a-f]{4}$", key.Id);
        Assert.InRange(key.Secret.Length, 32, 64);
    }

    [Theory]
    [InlineData("")]
    [InlineData("k1:")]
    [InlineData("k1:0011")]
    [InlineData("k1:not base64 at all, not in any way whatsoever!!")]
    [InlineData(":00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    [InlineData("a b:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    [InlineData("an-id-of-more-than-16:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    public void KeyTryParse_ShortOrBroken_IsRefused(string text) => Assert.False(TicketKey.TryParse(text, out _));

    private static readonly TicketVerdict[] Refusals = [TicketVerdict.Malformed, TicketVerdict.UnknownKey, TicketVerdict.BadSignature];

    private static TicketKey Key(string id, byte fill) => new(id, Enumerable.Repeat(fill, 32).ToArray());

    private TicketSigner Signer() => new(new TicketKeyRing([KeyA, KeyB]), _time);

    private Ticket Sample() => new()
    {
        Session = Guid.Parse("6f1c1f0e-8a4b-4c7e-9d7b-0d9a2b1c3d4e"),
        User = "u-1",
        Cluster = "origin",
        Scope = "/demo/",
        IssuedAt = _time.GetUtcNow(),
        FreshUntil = _time.GetUtcNow().AddHours(1),
        HardExpiry = _time.GetUtcNow().AddDays(1),
    };
}
