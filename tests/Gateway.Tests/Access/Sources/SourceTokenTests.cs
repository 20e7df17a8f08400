using Gateway.Access;
using Gateway.Access.Sources;
using Gateway.Access.Tickets;
using Gateway.Testing;

namespace Gateway.Tests.Access.Sources;

public sealed class SourceTokenTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TicketKeyRing _ring = TicketKeyRing.ForThisProcess();

    [Fact]
    public void Check_KeyOfTheTitle_OpensItForItsTime()
    {
        var tokens = new SourceToken(_ring, _time);
        var text = tokens.Issue("films/one", TimeSpan.FromMinutes(10));
        Assert.Equal(AccessDenial.None, tokens.Check(text, "films/one"));
        Assert.Equal(AccessDenial.MediaNotGranted, tokens.Check(text, "films/two"));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(AccessDenial.CredentialExpired, tokens.Check(text, "films/one"));
    }

    [Fact]
    public void Check_ChangedInAnyBit_Refuses()
    {
        var tokens = new SourceToken(_ring, _time);
        var text = tokens.Issue("x", TimeSpan.FromHours(1));
        for (var at = 0; at < text.Length; at++)
        {
            var changed = $"{text[..at]}{(text[at] == 'A' ? 'B' : 'A')}{text[(at + 1)..]}";
            Assert.NotEqual(AccessDenial.None, tokens.Check(changed, "x"));
        }

        // The last letter has bits to spare: a second spelling of one key would be a second key.
        foreach (var other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".Where(c => c != text[^1]))
            Assert.NotEqual(AccessDenial.None, tokens.Check($"{text[..^1]}{other}", "x"));
        Assert.Equal(AccessDenial.CredentialMissing, tokens.Check("", "x"));
        Assert.NotEqual(AccessDenial.None, new SourceToken(TicketKeyRing.ForThisProcess(), _time).Check(text, "x"));
    }

    [Fact]
    public void Check_FromManyThreads_IsTheSame()
    {
        var tokens = new SourceToken(_ring, _time);
        Parallel.For(0, 1000, i => Assert.Equal(AccessDenial.None, tokens.Check(tokens.Issue($"t{i}", TimeSpan.FromHours(1)), $"t{i}")));
    }
}
