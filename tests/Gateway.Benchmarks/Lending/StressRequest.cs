using System.Globalization;

namespace Gateway.Benchmarks.Lending;

/// <summary>A request of a <see cref="StressReader"/>, and what its answer has to be.</summary>
internal abstract class StressRequest(string method, string target)
{
    public bool IsHead => method == "HEAD";

    /// <summary>Further fields of the request, each with its end of line.</summary>
    protected virtual string Fields => string.Empty;

    public string Text => $"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{Fields}\r\n";

    /// <summary>The length of the body, where the answer's head is what it has to be; else -1.</summary>
    public abstract int LengthBy(string head);

    /// <summary>The gateway may say so: it is short of something, or the session is over.</summary>
    public virtual bool MayBe(string head) => head.StartsWith("HTTP/1.1 50", StringComparison.Ordinal);

    /// <summary>Compares the next bytes of the body.</summary>
    public abstract bool Takes(int at, ReadOnlySpan<byte> bytes);

    /// <summary>The body is there; whether it is right as a whole.</summary>
    public abstract bool Ends();

    public override string ToString() => Text.Split("\r\n\r\n")[0].Replace("\r\n", " ", StringComparison.Ordinal);

    /// <summary>What the head says; -1 where it says nothing.</summary>
    protected static int ContentLength(string head)
    {
        const string name = "\r\nContent-Length: ";
        var at = head.IndexOf(name, StringComparison.Ordinal);
        if (at < 0) return -1;
        at += name.Length;
        return int.Parse(head.AsSpan(at, head.IndexOf('\r', at) - at), CultureInfo.InvariantCulture);
    }
}
