using System.Runtime.InteropServices;

namespace Gateway.Load.Links.Virtual;

/// <summary>How a virtual server answers.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct VirtualReply
{
    public int Status { get; init; }

    /// <summary>Body length in bytes.</summary>
    public long Length { get; init; }

    /// <summary>The body itself, of manifests and control replies; its length is <see cref="Length"/>.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    public ReplyFields? Fields { get; init; }

    /// <summary>From the request's arrival to the first byte on the wire.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Bits per second to which the server keeps; 0 = as fast as the link allows.</summary>
    public double Pace { get; init; }

    /// <summary>Whether a byte of the body is another than the title's; bytes that are too few or too many show in <see cref="Length"/>.</summary>
    public bool IsAltered { get; init; }

    /// <summary>Bytes after which the connection breaks; null = it does not. 0 = before the head.</summary>
    public long? BreaksAfter { get; init; }

    public static VirtualReply NotFound { get; } = new() { Status = 404 };
}
