using Gateway.Access.Tickets;

namespace Gateway.Access.Streams;

/// <summary>The tokens of live sessions, each good for one purpose, one subject (a session, or a chunk of one) and a time. Thread-safe.</summary>
internal sealed class StreamToken(TicketKeyRing ring, TimeProvider time)
{
    private readonly PurposeToken _upload = new(ring, time, "gateway stream upload 1");
    private readonly PurposeToken _watch = new(ring, time, "gateway stream watch 1");
    private readonly PurposeToken _readChunk = new(ring, time, "gateway stream chunk 1");
    private readonly PurposeToken _writeSegment = new(ring, time, "gateway stream segment 1");

    /// <summary>A token, and when it expires (whole seconds).</summary>
    public (string Text, DateTimeOffset ExpiresAt) Issue(StreamPurpose purpose, string subject, TimeSpan lifetime) => For(purpose).Issue(subject, lifetime);

    /// <summary>Whether a token is good for a subject: <see cref="AccessDenial.None"/>, or why not.</summary>
    /// <param name="purpose">What it has to be for.</param>
    /// <param name="text">What the caller shows; empty for nothing.</param>
    /// <param name="subject">What it has to be about.</param>
    public AccessDenial Check(StreamPurpose purpose, ReadOnlySpan<char> text, string subject) => For(purpose).Check(text, subject);

    private PurposeToken For(StreamPurpose purpose) => purpose switch
    {
        StreamPurpose.Upload => _upload,
        StreamPurpose.Watch => _watch,
        StreamPurpose.ReadChunk => _readChunk,
        StreamPurpose.WriteSegment => _writeSegment,
        _ => throw new ArgumentOutOfRangeException(nameof(purpose)),
    };
}
