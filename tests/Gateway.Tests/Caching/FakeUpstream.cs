using System.Threading.Channels;
using Gateway.Origin;

namespace Gateway.Tests.Caching;

/// <summary>An upstream that a test controls: each fetch waits until the test answers it, byte by byte if need be.</summary>
internal sealed class FakeUpstream
{
    private readonly Channel<UpstreamCall> _calls = Channel.CreateUnbounded<UpstreamCall>();
    private int _count;

    /// <summary>When set, answers every fetch by itself.</summary>
    public Action<UpstreamCall>? Answers { get; set; }

    public int Count => Volatile.Read(ref _count);

    public async ValueTask<OriginReply> FetchAsync(OriginRequest request, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _count);
        var call = new UpstreamCall(request, cancellation);
        if (Answers is { } answers) answers(call);
        else _calls.Writer.TryWrite(call);
        return await call.Reply.WaitAsync(cancellation);
    }

    /// <summary>The next fetch that came in.</summary>
    public async Task<UpstreamCall> NextAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(Deadline.Value);
}
