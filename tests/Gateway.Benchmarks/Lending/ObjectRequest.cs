using System.Globalization;

namespace Gateway.Benchmarks.Lending;

/// <summary>A request for an object, or a range of it: each byte is known before.</summary>
internal sealed class ObjectRequest(StressObject thing, string method, int from, int to) : StressRequest(method, $"/play/{thing.Path}")
{
    private int Length => to - from;

    private bool IsPart => Length < thing.Length;

    protected override string Fields => IsPart ? string.Create(CultureInfo.InvariantCulture, $"Range: bytes={from}-{to - 1}\r\n") : string.Empty;

    public override int LengthBy(string head) => head.StartsWith(IsPart ? "HTTP/1.1 206 " : "HTTP/1.1 200 ", StringComparison.Ordinal) && ContentLength(head) == Length ? Length : -1;

    public override bool Takes(int at, ReadOnlySpan<byte> bytes) => bytes.SequenceEqual(thing.Bytes.Span.Slice(from + at, bytes.Length));

    public override bool Ends() => true;
}
