using System.Security.Cryptography;
using TranscoderStub.Titles;

namespace TranscoderStub.JustInTime;

/// <summary>A complete segment, in memory or on disk.</summary>
/// <param name="Body">Its bytes.</param>
/// <param name="Hash">SHA-256 of them.</param>
internal sealed record MadeSegment(MediaBody Body, byte[] Hash)
{
    public static MadeSegment Of(byte[] bytes) => new(new MemoryBody(bytes), SHA256.HashData(bytes));
}
