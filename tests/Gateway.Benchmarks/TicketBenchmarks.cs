using BenchmarkDotNet.Attributes;
using Gateway.Access.Tickets;

namespace Gateway.Benchmarks;

/// <summary>Cost of checking a ticket, which every request within a session pays.</summary>
[MemoryDiagnoser]
public class TicketBenchmarks
{
    private readonly TicketSigner _signer = new(TicketKeyRing.ForThisProcess(), TimeProvider.System);
    private string _text = "";

    [GlobalSetup]
    public void Issue()
    {
        var now = TimeProvider.System.GetUtcNow();
        _text = _signer.Issue(new Ticket
        {
            Session = new Guid("7b1ee01f-14a1-4e53-8a5b-40708d8996a7"),
            User = "a15c9f518da60f6e",
            Cluster = "origin",
            Scope = "/films/1/",
            IssuedAt = now,
            FreshUntil = now.AddHours(4),
            HardExpiry = now.AddHours(24),
        });
    }

    [Benchmark]
    public bool Verify() => _signer.Verify(_text, out _) == TicketVerdict.Valid;
}
