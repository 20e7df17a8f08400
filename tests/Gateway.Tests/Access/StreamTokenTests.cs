using Gateway.Access;
using Gateway.Access.Sources;
using Gateway.Access.Streams;
using Gateway.Access.Tickets;
using Gateway.Testing;

namespace Gateway.Tests.Access;

public sealed class StreamTokenTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TicketKeyRing _ring = TicketKeyRing.ForThisProcess();

    [Fact]
    public void Token_OfOnePurposeAndSession_IsNothingForAnother()
    {
        var tokens = new StreamToken(_ring, _time);
        foreach (var purpose in Enum.GetValues<StreamPurpose>())
        {
            var (text, _) = tokens.Issue(purpose, "one", TimeSpan.FromHours(1));
            foreach (var other in Enum.GetValues<StreamPurpose>()) Assert.Equal(other == purpose ? AccessDenial.None : AccessDenial.CredentialSignature, tokens.Check(other, text, "one"));
            Assert.Equal(AccessDenial.MediaNotGranted, tokens.Check(purpose, text, "two"));
        }
    }

    [Fact]
    public void Token_AfterItsTime_IsExpired()
    {
        var tokens = new StreamToken(_ring, _time);
        var (text, expires) = tokens.Issue(StreamPurpose.Upload, "one", TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(AccessDenial.None, tokens.Check(StreamPurpose.Upload, text, "one"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(expires <= _time.GetUtcNow());
        Assert.Equal(AccessDenial.CredentialExpired, tokens.Check(StreamPurpose.Upload, text, "one"));
    }

    [Fact]
    public void Token_WithAnyLetterChanged_IsRefused()
    {
        var tokens = new StreamToken(_ring, _time);
        var (text, _) = tokens.Issue(StreamPurpose.Upload, "one", TimeSpan.FromHours(1));
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Assert.NotEqual(AccessDenial.None, tokens.Check(StreamPurpose.Upload, changed, "one"));
        }

        foreach (var wrong in new[] { "", "x", text + "A", text[1..], text + "=", " " + text[1..] }) Assert.NotEqual(AccessDenial.None, tokens.Check(StreamPurpose.Upload, wrong, "one"));
        Assert.Equal(AccessDenial.CredentialSignature, new StreamToken(TicketKeyRing.ForThisProcess(), _time).Check(StreamPurpose.Upload, text, "one"));
    }

    [Fact]
    public void Token_OfASource_UploadsNothing()
    {
        var key = new SourceToken(_ring, _time).Issue("one", TimeSpan.FromHours(1));
        Assert.All(Enum.GetValues<StreamPurpose>(), p => Assert.Equal(AccessDenial.CredentialSignature, new StreamToken(_ring, _time).Check(p, key, "one")));
        var (text, _) = new StreamToken(_ring, _time).Issue(StreamPurpose.ReadChunk, "one", TimeSpan.FromHours(1));
        Assert.Equal(AccessDenial.CredentialSignature, new SourceToken(_ring, _time).Check(text, "one"));
    }
}
